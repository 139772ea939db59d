# SPDX-License-Identifier: MIT
# fish completion for sctp-connect: asks the program for its options and names.

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

# What completes the argument of an option.
function __fish_sctp_connect_arguments
  switch $argv[1]
    case --address
      __fish_print_hostnames
    case --bind
      __fish_print_hostnames
      __fish_sctp_connect_local
    case --port
      command sctp-connect --list services
    case --option
      command sctp-connect --list parameters | string replace -r '$' =
    case --explain
      command sctp-connect --list names
    case --ppid
      command sctp-connect --list ppids
    case --list
      printf '%s\n' options services ppids names parameters
    case --stack
      printf '%s\n' auto kernel usrsctp
    case --require
      echo all
    case --send --reply
      # "@" and a file; the rest is text.
      set -l word (commandline -ct)
      if string match -q '@*' -- $word
        __fish_complete_path (string sub -s 2 -- $word) | string replace -r '^' @
      end
    case --color
      printf '%s\n' auto always never
  end
end

complete -c sctp-connect -f

command sctp-connect --list options 2>/dev/null | while read -d \t -l letter name argument modes help
  set -l spec -l (string sub -s 3 -- $name)
  if test $letter != -
    set -a spec -s (string sub -s 2 -- $letter)
  end
  # One that may be left out stands behind "=" only.
  if test $argument = FILE
    set -a spec -r -F
  else if test $argument != -; and not string match -qr '^\[.*\]$' -- $argument
    set -a spec -x -a "(__fish_sctp_connect_arguments $name)"
  end
  switch $modes:$name
    case 'connect:*'
      set -a spec -n 'not __fish_sctp_connect_listens'
    case 'listen:*'
      set -a spec -n 'not __fish_sctp_connect_connects'
    case '*:--count'
      set -a spec -n '__fish_sctp_connect_listens; or __fish_contains_opt -s M monitor'
  end
  complete -c sctp-connect $spec -d $help
end
