# SPDX-License-Identifier: MIT
# bash completion for sctp-connect: asks the program for its options and names. Needs nothing else but bash 4.

# WHAT: see --list of the program that is on the command line.
_sctp_connect_list()
{
  local program=${COMP_WORDS[0]}
  command "${program/#\~\//$HOME/}" --list "$1" 2>/dev/null
}

# The addresses of this host, the link-local ones with their zone.
_sctp_connect_local()
{
  ip -o addr 2>/dev/null |
    awk '{ sub("/.*", "", $4); print $4 ($4 ~ /^fe80:/ ? "%" $2 : "") }'
}

# The options that go with those before the cursor.
_sctp_connect_options()
{
  local word hidden='' count=no letter name modes
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
    -l | --listen) hidden=connect count=yes ;;
    -a | --address) hidden=listen ;;
    -M* | --monitor*) count=yes ;;
    esac
  done
  while IFS=$'\t' read -r letter name _ modes _; do
    [[ $modes != "$hidden" && ($name != --count || $count == yes) ]] || continue
    [[ $letter == - ]] || printf '%s\n' "$letter"
    printf '%s\n' "$name"
  done < <(_sctp_connect_list options)
}

# What stands behind an option: "FILE", "TIME", or "-" for nothing.
_sctp_connect_argument() # OPTION
{
  local letter name argument
  while IFS=$'\t' read -r letter name argument _; do
    [[ $1 != "$letter" && $1 != "$name" ]] || break
  done < <(_sctp_connect_list options)
  # One that may be left out stands behind "=" only.
  [[ -n $argument && $argument != \[*\] ]] || argument=-
  printf '%s\n' "$argument"
}

_sctp_connect()
{
  local i=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} option argument=-

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
      mapfile -t COMPREPLY < <(compgen -P "${BASH_REMATCH[1]}:" \
        -W "$(_sctp_connect_list services)" -- "${BASH_REMATCH[2]}")
    else
      mapfile -t COMPREPLY < <(
        compgen -A hostname -- "$cur"
        [[ $option == -a || $option == --address ]] ||
          compgen -W "$(_sctp_connect_local)" -- "$cur"
      )
    fi
    ;;
  -p | --port)
    mapfile -t COMPREPLY < <(compgen -W "$(_sctp_connect_list services)" -- "$cur")
    ;;
  -s | --stack)
    mapfile -t COMPREPLY < <(compgen -W 'auto kernel usrsctp' -- "$cur")
    ;;
  -o | --option)
    mapfile -t COMPREPLY < <(compgen -S = -W "$(_sctp_connect_list parameters)" -- "$cur")
    compopt -o nospace 2>/dev/null
    ;;
  -R | --require)
    mapfile -t COMPREPLY < <(compgen -W all -- "$cur")
    ;;
  --color)
    mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
    ;;
  --explain)
    mapfile -t COMPREPLY < <(compgen -W "$(_sctp_connect_list names)" -- "$cur")
    ;;
  --ppid)
    mapfile -t COMPREPLY < <(compgen -W "$(_sctp_connect_list ppids)" -- "$cur")
    ;;
  --list)
    mapfile -t COMPREPLY < <(compgen -W 'options services ppids names parameters' -- "$cur")
    ;;
  *)
    [[ $option != -* ]] || argument=$(_sctp_connect_argument "$option")
    case $argument in
    -)
      mapfile -t COMPREPLY < <(compgen -W "$(_sctp_connect_options)" -- "$cur")
      ;;
    FILE)
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      compopt -o filenames 2>/dev/null
      ;;
    DATA)
      [[ $cur != @* ]] || mapfile -t COMPREPLY < <(compgen -f -P @ -- "${cur#@}")
      ;;
    esac
    ;;
  esac

  # Bash replaces only what stands behind the last colon.
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}")
  fi
}
complete -F _sctp_connect sctp-connect
