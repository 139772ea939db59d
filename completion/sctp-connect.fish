# SPDX-License-Identifier: MIT
# fish completion for sctp-connect

function __fish_sctp_connect_listens
  __fish_contains_opt -s l listen
end

function __fish_sctp_connect_connects
  __fish_contains_opt -s a address
end

# The addresses of this host, the link-local ones with their zone.
function __fish_sctp_connect_local
  ip -o addr 2>/dev/null |
    awk '{ sub("/.*", "", $4); print $4 ($4 ~ /^fe80:/ ? "%" $2 : "") }'
end

function __fish_sctp_connect_services
  printf '%s\n' \
    discard ftp-data ftp ssh http bgp https exp1 exp2 cisco-ipsla norp h323hostcall \
    nfs rcip-itu m2ua m3ua megaco-h248 h248-binary itu-bicc-stc m2pa asap-sctp \
    asap-sctp-tls diameter aws-wsp ahsp a25-fap-fgw trinity-dist ipfix ipfixs sip sips \
    car cxtp noteza smbdirect amqp v5ua diameters ff-ice ag-swim asmgcs rpas-c2 dsd \
    ipsma agma cm cpdlc fis ads-c ipsdtls frc-hp frc-mp frc-lp conductor-mpx simco \
    nfapi osvr pim-port lcs-ap aurora iua enrp-sctp enrp-sctp-tls xcompute \
    wmereceiving wmedistribution wmereporting sua dnp-sec dnp nfsrdma rna sgsap sbcap \
    iuhsctpassoc rwp s1-control x2-control slmap nq-ap m2ap m3ap xw-control 3gpp-w1ap \
    ng-control xn-control e1-interface f1-control asap e1ap enrp f1ap hnbap ngap s1ap \
    w1ap x2ap xnap xwap
end

function __fish_sctp_connect_names
  printf '%s\n' \
    EBADF ENOTSOCK EFAULT EINVAL EACCES EISCONN ECONNREFUSED ETIMEDOUT ENETUNREACH \
    EADDRINUSE EINPROGRESS EALREADY EAGAIN EAFNOSUPPORT EPERM EADDRNOTAVAIL \
    EHOSTUNREACH EPROTONOSUPPORT ESOCKTNOSUPPORT ENOPROTOOPT ENOMEM ENOBUFS EMFILE \
    ENFILE EINTR ECONNRESET ECONNABORTED EPIPE ENOTCONN ESHUTDOWN EOPNOTSUPP ENOSYS \
    ENODEV ENETDOWN EHOSTDOWN EMSGSIZE EPROTO EIO ENOSPC EDESTADDRREQ connected \
    degraded refused timeout unreachable aborted unresolved unsupported failed \
    unverified verified dead rejected silent tried untried excluded
end

complete -c sctp-connect -f

# Addresses
complete -c sctp-connect -s a -l address -x -n 'not __fish_sctp_connect_listens' \
  -a '(__fish_print_hostnames)' -d 'An address of the peer'
complete -c sctp-connect -s p -l port -x -a '(__fish_sctp_connect_services)' \
  -d 'The port where HOST names none'
complete -c sctp-connect -s b -l bind -x \
  -a '(__fish_print_hostnames; __fish_sctp_connect_local)' -d 'A local address'
complete -c sctp-connect -s 4 -l ipv4 -d 'Only the IPv4 addresses of a name'
complete -c sctp-connect -s 6 -l ipv6 -d 'Only the IPv6 addresses of a name'

# Connecting
complete -c sctp-connect -s n -l nonblock -n 'not __fish_sctp_connect_listens' \
  -d 'Non-blocking connect, then poll'
complete -c sctp-connect -s B -l blocking -n 'not __fish_sctp_connect_listens' \
  -d 'The blocking call instead'
complete -c sctp-connect -s m -l one-to-many -n 'not __fish_sctp_connect_listens' \
  -d 'A SOCK_SEQPACKET socket'
complete -c sctp-connect -s w -l timeout -x -n 'not __fish_sctp_connect_listens' \
  -d 'Give up when it is not up by then'
complete -c sctp-connect -s W -l wait -x -n 'not __fish_sctp_connect_listens' \
  -d 'Try again until TIME has passed'
complete -c sctp-connect -l init-attempts -x -n 'not __fish_sctp_connect_listens' \
  -d 'INIT retransmissions'
complete -c sctp-connect -l init-timeout -x -n 'not __fish_sctp_connect_listens' \
  -d 'The longest wait for one INIT'
complete -c sctp-connect -l rto-initial -x -n 'not __fish_sctp_connect_listens' \
  -d 'The wait before the next address'
complete -c sctp-connect -s M -l monitor -n 'not __fish_sctp_connect_listens' \
  -d 'Stay connected, tell every change'
complete -c sctp-connect -l interval -x -n 'not __fish_sctp_connect_listens' \
  -d 'From one heartbeat to the next'
complete -c sctp-connect -s O -l ostreams -x -d 'Outgoing streams to ask for'
complete -c sctp-connect -s I -l istreams -x -d 'Incoming streams to allow'
complete -c sctp-connect -s s -l stack -x -a 'auto kernel usrsctp' -d 'Who speaks SCTP'
complete -c sctp-connect -s u -l udp-encaps -x -d 'In UDP datagrams to that port'
complete -c sctp-connect -s e -l each -n 'not __fish_sctp_connect_listens' \
  -d 'Also try every address alone'

# Looking at the paths
complete -c sctp-connect -l no-witness -n 'not __fish_sctp_connect_listens' \
    -d 'Do not watch the own packets'
complete -c sctp-connect -l no-probe -n 'not __fish_sctp_connect_listens' \
  -d 'No heartbeat on the paths'
complete -c sctp-connect -l probe-timeout -x -n 'not __fish_sctp_connect_listens' \
  -d 'How long a path may take to answer'
complete -c sctp-connect -s R -l require -x -a all -n 'not __fish_sctp_connect_listens' \
  -d 'Paths that must answer'

# Listening
complete -c sctp-connect -s l -l listen -n 'not __fish_sctp_connect_connects' \
  -d 'Be the peer: accept, report, echo'
complete -c sctp-connect -l count -x \
  -n '__fish_sctp_connect_listens; or __fish_contains_opt -s M monitor' \
  -d 'End after N associations, or rounds'

# Output
complete -c sctp-connect -s j -l json -d 'One JSON object per line'
complete -c sctp-connect -s q -l quiet -d 'Nothing on stdout'
complete -c sctp-connect -s v -l verbose -d 'Every step on stderr'
complete -c sctp-connect -l color -x -a 'auto always never' -d 'Colour the text'
complete -c sctp-connect -l explain -x -a '(__fish_sctp_connect_names)' \
  -d 'What an errno, a result or a verdict means'
complete -c sctp-connect -s h -l help -d 'A short help'
complete -c sctp-connect -s V -l version -d 'The version, and the stacks built in'
