# SPDX-License-Identifier: MIT
# bash completion for sctp-connect. Needs nothing but bash 4.

# The addresses of this host, the link-local ones with their zone.
_sctp_connect_local()
{
  ip -o addr 2>/dev/null |
    awk '{ sub("/.*", "", $4); print $4 ($4 ~ /^fe80:/ ? "%" $2 : "") }'
}

_sctp_connect()
{
  local both='-p --port -b --bind -4 --ipv4 -6 --ipv6 -O --ostreams -I --istreams -s --stack
    -u --udp-encaps -j --json -q --quiet -v --verbose --color --explain -h --help -V --version'
  local connecting='-a --address -n --nonblock -B --blocking -m --one-to-many -w --timeout
    -W --wait --init-attempts --init-timeout --rto-initial --no-probe --probe-timeout -R --require
    --no-witness -e --each -M --monitor --interval'
  local services='
    discard ftp-data ftp ssh http bgp https exp1 exp2 cisco-ipsla norp h323hostcall nfs
    rcip-itu m2ua m3ua megaco-h248 h248-binary itu-bicc-stc m2pa asap-sctp asap-sctp-tls
    diameter aws-wsp ahsp a25-fap-fgw trinity-dist ipfix ipfixs sip sips car cxtp noteza
    smbdirect amqp v5ua diameters ff-ice ag-swim asmgcs rpas-c2 dsd ipsma agma cm cpdlc
    fis ads-c ipsdtls frc-hp frc-mp frc-lp conductor-mpx simco nfapi osvr pim-port lcs-ap
    aurora iua enrp-sctp enrp-sctp-tls xcompute wmereceiving wmedistribution wmereporting
    sua dnp-sec dnp nfsrdma rna sgsap sbcap iuhsctpassoc rwp s1-control x2-control slmap
    nq-ap m2ap m3ap xw-control 3gpp-w1ap ng-control xn-control e1-interface f1-control
    asap e1ap enrp f1ap hnbap ngap s1ap w1ap x2ap xnap xwap'
  local names='
    EBADF ENOTSOCK EFAULT EINVAL EACCES EISCONN ECONNREFUSED ETIMEDOUT ENETUNREACH
    EADDRINUSE EINPROGRESS EALREADY EAGAIN EAFNOSUPPORT EPERM EADDRNOTAVAIL EHOSTUNREACH
    EPROTONOSUPPORT ESOCKTNOSUPPORT ENOPROTOOPT ENOMEM ENOBUFS EMFILE ENFILE EINTR
    ECONNRESET ECONNABORTED EPIPE ENOTCONN ESHUTDOWN EOPNOTSUPP ENOSYS ENODEV ENETDOWN
    EHOSTDOWN EMSGSIZE EPROTO EIO ENOSPC EDESTADDRREQ connected degraded refused timeout
    unreachable aborted unresolved unsupported failed unverified verified dead rejected
    silent tried untried excluded'
  local i=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} option word options

  # What COMP_WORDBREAKS has split at colons and at the = of --option=value.
  while ((i > 1)) && [[ ${COMP_WORDS[i]} == [!-]* ]] &&
    [[ ${COMP_WORDS[i]} != *[!:]* || ${COMP_WORDS[i - 1]} != *[!:]* ]]; do
    cur=${COMP_WORDS[--i]}$cur
  done
  option=${COMP_WORDS[i - 1]}
  if [[ $cur == = ]]; then
    cur=
  elif [[ $option == = ]]; then
    option=${COMP_WORDS[i - 2]}
  elif [[ $cur == --*=* ]]; then
    option=${cur%%=*}
    cur=${cur#*=}
  fi

  COMPREPLY=()
  case $option in
  -a | --address | -b | --bind)
    if [[ $cur =~ ^([^]:[]+|\[.*\]):([^:]*)$ ]]; then
      mapfile -t COMPREPLY < <(compgen -P "${BASH_REMATCH[1]}:" -W "$services" \
        -- "${BASH_REMATCH[2]}")
    else
      mapfile -t COMPREPLY < <(
        compgen -A hostname -- "$cur"
        [[ $option == -a || $option == --address ]] ||
          compgen -W "$(_sctp_connect_local)" -- "$cur"
      )
    fi
    ;;
  -p | --port)
    mapfile -t COMPREPLY < <(compgen -W "$services" -- "$cur")
    ;;
  -s | --stack)
    mapfile -t COMPREPLY < <(compgen -W 'auto kernel usrsctp' -- "$cur")
    ;;
  -R | --require)
    mapfile -t COMPREPLY < <(compgen -W all -- "$cur")
    ;;
  --color)
    mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
    ;;
  --explain)
    mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur")
    ;;
  -w | --timeout | -W | --wait | --init-attempts | --init-timeout | --rto-initial | \
    --probe-timeout | -O | --ostreams | -I | --istreams | -u | --udp-encaps | --interval | --count) ;;
  *)
    options="$both $connecting -l --listen"
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
      case $word in
      -l | --listen) options="$both --count" ;;
      -a | --address) options="$both $connecting" ;;
      esac
    done
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
      case $word in
      -M* | --monitor*) options+=" --count" ;;
      esac
    done
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    ;;
  esac

  # Bash replaces only what stands behind the last colon.
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}")
  fi
}
complete -F _sctp_connect sctp-connect
