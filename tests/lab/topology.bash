# shellcheck shell=bash
# Hosts with several addresses and paths that can be cut, out of network
# namespaces. To be sourced; needs root, in the guest (see "vm") or on the host.
#
# client 10.1.N.1/24 fd01:N::1/64  cN ---- sN  10.1.N.2/24 fd01:N::2/64 server
#
# Namespaces are called $TOPO-client, $TOPO-server and $TOPO-loop. TOPO is the
# same in every process that a bats file starts, and differs between files.

: "${TOPO:=lab$$}"
export TOPO

# topo_up [N]: client and server, joined by N paths (3). Ready to use on return.
topo_up()
{
	local paths=${1:-3} i side

	topo_down
	for side in client server; do
		_topo_namespace "$side" || return
	done
	for ((i = 1; i <= paths; i++)); do
		# Where both ends have the same index the kernel takes the link for a
		# hardware one, whose changes it tells about once a second only.
		echo "link add c$i index $((100 + i)) netns $TOPO-client type veth" \
			"peer name s$i netns $TOPO-server"
	done | ip -batch - || return
	_topo_addresses c 1 "$paths" | ip -n "$TOPO-client" -batch - || return
	_topo_addresses s 2 "$paths" | ip -n "$TOPO-server" -batch - || return
	for side in client server; do
		wait_for _topo_ready "$TOPO-$side" || return
		wait_for _topo_addressed "$TOPO-$side" "$paths" || return
	done
}

# topo_loopback [N]: a namespace with 127.0.0.1 to 127.0.0.N (8) and ::1.
topo_loopback()
{
	local addresses=${1:-8} i

	_topo_remove "$TOPO-loop"
	_topo_namespace loop || return
	for ((i = 2; i <= addresses; i++)); do
		echo "addr add 127.0.0.$i/8 dev lo"
	done | ip -n "$TOPO-loop" -batch -
}

# topo_down: ends what still runs in the namespaces, and removes them. Wait for
# a program to be there (wait_for_line) before: one still on its way gets lost.
topo_down()
{
	local side

	for side in client server loop; do
		_topo_remove "$TOPO-$side"
	done
	_topo_unmarked || rm -f "/run/lab.$TOPO".*
}

# in_client CMD..., in_server CMD..., in_loop CMD...: run a program there. With
# "&", $! is a shell that waits for it; of "ip netns exec $TOPO-client CMD &" it is the program.
in_client() { ip netns exec "$TOPO-client" "$@"; }
in_server() { ip netns exec "$TOPO-server" "$@"; }
in_loop() { ip netns exec "$TOPO-loop" "$@"; }

# cut_path N: the server's link goes down, which the client sees as no carrier.
cut_path()
{
	_topo_mark "cut.$1"
	ip -n "$TOPO-server" link set "s$1" down
}

# drop_path N: everything on the path vanishes in silence, at the server.
drop_path()
{
	_topo_mark "drop.$1"
	# Neighbour discovery goes on, like ARP: the other end must not notice.
	in_server nft -f - <<-END
		table inet lab-drop-$1 {
			chain input {
				type filter hook input priority -10;
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } return
				iifname "s$1" drop
			}
			chain output {
				type filter hook output priority -10;
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } return
				oifname "s$1" drop
			}
		}
	END
}

# restore_path N: takes cut_path, drop_path and netem_path back, if they were called.
restore_path()
{
	if _topo_marked "drop.$1"; then
		in_server nft -f - <<-END
			add table inet lab-drop-$1
			delete table inet lab-drop-$1
		END
		_topo_unmark "drop.$1"
	fi
	if _topo_marked "netem.$1"; then netem_path "$1" off; fi
	_topo_marked "cut.$1" || return 0
	ip -n "$TOPO-server" link set "s$1" up || return
	wait_for _topo_ready "$TOPO-server" "s$1" || return
	wait_for _topo_ready "$TOPO-client" "c$1" || return
	wait_for _topo_not_tentative "$TOPO-server" "s$1" || return
	wait_for _topo_not_tentative "$TOPO-client" "c$1" || return
	# Else the first packet waits for the next try, a second apart, of a
	# look-up that began while the path was gone.
	ip -n "$TOPO-client" neigh flush dev "c$1" nud all
	ip -n "$TOPO-server" neigh flush dev "s$1" nud all
	_topo_unmark "cut.$1"
}

# netem_path N ARG...: what the server sends on path N gets "delay 10ms",
# "loss 20%", ...: delay D adds D to the round trip. "off" ends it.
netem_path()
{
	local path=$1
	shift
	if [[ $1 == off ]]; then
		tc -n "$TOPO-server" qdisc del dev "s$path" root 2>/dev/null || :
		_topo_unmark "netem.$path"
	else
		_topo_mark "netem.$path"
		tc -n "$TOPO-server" qdisc replace dev "s$path" root netem "$@"
	fi
}

# nft_client RULE, nft_server RULE: adds a rule that begins with its chain:
#   nft_client output ip daddr 10.1.1.2 reject with icmp type host-unreachable
nft_client() { _topo_nft client "$@"; }
nft_server() { _topo_nft server "$@"; }

# nft_flush: takes the rules of nft_client and nft_server back, if there are any.
nft_flush()
{
	local side

	for side in client server; do
		_topo_marked "rules.$side" || continue
		printf '%s\n' 'add table inet lab' 'delete table inet lab' |
			ip netns exec "$TOPO-$side" nft -f - || return
		_topo_unmark "rules.$side"
	done
}

# restore_network: nft_flush, and restore_path for paths 1 to 3.
restore_network()
{
	nft_flush
	restore_path 1
	restore_path 2
	restore_path 3
}

# tx_checksums SIDE DEVICE 0|1: does the card do them (ETHTOOL_STXCSUM of linux/ethtool.h)?
tx_checksums()
{
	ip netns exec "$TOPO-$1" python3 - "$2" "$3" <<-'END'
		import array, fcntl, socket, struct, sys
		value = array.array("B", struct.pack("II", 0x17, int(sys.argv[2])))
		request = struct.pack("16sP", sys.argv[1].encode(), value.buffer_info()[0])
		fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0x8946, request)
	END
}

# wait_for [-t SECONDS] CMD...: until CMD succeeds. The 60 s it has only end a test that has failed: no machine is
# so busy that what is waited for takes as long.
wait_for()
{
	local seconds=60 end

	if [[ $1 == -t ]]; then
		seconds=$2
		shift 2
	fi
	end=$((${EPOCHREALTIME//[.,]/} + seconds * 1000000))
	until "$@" >/dev/null 2>&1; do
		if ((${EPOCHREALTIME//[.,]/} > end)); then
			echo "gave up after $seconds s waiting for: $*" >&2
			return 1
		fi
		sleep 0.02
	done
}

# wait_for_line FILE REGEX [SECONDS]: the same, until FILE has a line that matches.
wait_for_line()
{
	wait_for -t "${3:-60}" _topo_has_line "$1" "$2" && return
	echo "$1 is:" >&2
	cat -- "$1" >&2
	return 1
}

# ---- inside ----------------------------------------------------------------

# Without a process, because it is asked again and again.
_topo_has_line() # FILE REGEX
{
	local line lines

	mapfile -t lines <"$1"
	for line in "${lines[@]}"; do
		[[ $line =~ $2 ]] && return
	done
	return 1
}

# What was changed is marked in files: setup_file, a test and what it runs are processes of their own.
_topo_mark() # CHANGE
{
	echo >"/run/lab.$TOPO.$1"
}

# Empty, because a file can only be removed by one more process.
_topo_unmark() # CHANGE
{
	: >"/run/lab.$TOPO.$1"
}

_topo_marked() # CHANGE
{
	[[ -s /run/lab.$TOPO.$1 ]]
}

_topo_unmarked()
{
	local marks=("/run/lab.$TOPO".*)

	[[ ! -e ${marks[0]} ]]
}

# Settings come before the links, which copy them when they are made.
_topo_namespace() # SIDE
{
	ip netns add "$TOPO-$1" || return
	# shellcheck disable=SC2016 # the inner shell's variable
	ip netns exec "$TOPO-$1" sh -c '
		for scope in all default; do
			echo 0 >/proc/sys/net/ipv4/conf/$scope/rp_filter
			echo 0 >/proc/sys/net/ipv6/conf/$scope/accept_dad
			# Or cut_path would take the IPv6 addresses away for good.
			echo 1 >/proc/sys/net/ipv6/conf/$scope/keep_addr_on_down
		done
		# Every packet that is rejected is to have its ICMP, not one a second.
		{ echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
		echo 0 >/proc/sys/net/ipv6/icmp/ratelimit; } 2>/dev/null || :' || return
	ip -n "$TOPO-$1" link set lo up
}

_topo_addresses() # LINK HOST PATHS
{
	local i

	for ((i = 1; i <= $3; i++)); do
		echo "addr add 10.1.$i.$2/24 dev $1$i"
		echo "addr add fd01:$i::$2/64 dev $1$i nodad"
		echo "link set $1$i up"
	done
}

_topo_ready() # NAMESPACE [LINK]
{
	local links

	links=$(ip -n "$1" -o link show ${2:+dev "$2"} type veth) || return
	# LOWERLAYERDOWN is the state of the end whose other end is down.
	[[ ! $links =~ state\ [A-Z]*DOWN ]]
}

# The kernel makes link-local addresses in the background, once both ends of a link are up, and until then nothing can be
# sent from them.
_topo_addressed() # NAMESPACE PATHS
{
	[[ $(ip -n "$1" -6 -o addr show scope link -tentative | wc -l) -eq $2 ]]
}

# An IPv6 address is so for a moment after its link came back.
_topo_not_tentative() # NAMESPACE LINK
{
	[[ ! $(ip -n "$1" -6 -o addr show dev "$2" tentative) ]]
}

_topo_nft() # SIDE CHAIN RULE...
{
	local side=$1
	shift
	_topo_mark "rules.$side"
	ip netns exec "$TOPO-$side" nft -f - <<-END
		add table inet lab
		add chain inet lab input { type filter hook input priority 0; }
		add chain inet lab output { type filter hook output priority 0; }
		add rule inet lab $*
	END
}

_topo_remove() # NAMESPACE
{
	[[ -e /run/netns/$1 ]] || return 0
	# Not KILL at once: programs built for coverage write at their end.
	wait_for -t 1 _topo_emptied "$1" TERM 2>/dev/null ||
		wait_for _topo_emptied "$1" KILL
	ip netns del "$1"
}

# Signals again at every look: a program may not have entered the namespace yet.
_topo_emptied() # NAMESPACE SIGNAL
{
	local pids

	mapfile -t pids < <(ip netns pids "$1")
	[[ ${pids[*]} ]] || return 0
	kill -s "$2" "${pids[@]}"
	return 1
}
