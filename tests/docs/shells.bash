# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2016 # other shells are to expand what stands in single quotes
# Shared by the tests of this directory: the program, and how to ask each shell for completions.

PROGRAM=${SCTP_CONNECT:-$PWD/build/sctp-connect}
# The completions ask the program that is in the path.
PATH=${PROGRAM%/*}:$PATH
MAN=man/sctp-connect.1
MAN_JSON=man/sctp-connect-json.5

common_setup() {
  bats_load_library bats-support
  bats_load_library bats-assert
  export LC_ALL=C
}

# The words that each prints may complete the last argument of a command line, one per line.

bash_complete() {
  timeout 20 bash --norc --noprofile -c '
    source completion/sctp-connect.bash || exit
    [[ -z ${WORDBREAKS-} ]] || COMP_WORDBREAKS=$WORDBREAKS
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _sctp_connect || exit
    printf "%s\n" "${COMPREPLY[@]}"
  ' bash sctp-connect "$@"
}

fish_complete() {
  HOME=$BATS_TEST_TMPDIR timeout 20 fish --no-config -c '
    source completion/sctp-connect.fish; or exit
    complete -C "$argv" | string replace -r "\t.*" ""
    true
  ' "sctp-connect $*"
}

# In zsh completion works only inside its line editor: a terminal, a TAB, a compadd that writes down
# what it is given, and a key that ends the shell.
zsh_complete() {
  local matches=$BATS_TEST_TMPDIR/zsh-matches

  : >"$matches"
  cat >"$BATS_TEST_TMPDIR/.zshrc" <<EOF
fpath=($PWD/completion \$fpath)
autoload -Uz compinit && compinit -D -u
LISTMAX=10000
PS1='> '
compadd() {
  local -a hits
  if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    builtin compadd -A hits "\$@"
    (( \$#hits )) && print -rl -- "\$hits[@]" >>$matches
  fi
  builtin compadd "\$@"
}
leave() { BUFFER=exit; zle .accept-line }
zle -N leave
bindkey '^Xe' leave
EOF
  printf 'sctp-connect %s\t\030e' "$*" |
    HOME=$BATS_TEST_TMPDIR ZDOTDIR=$BATS_TEST_TMPDIR TERM=dumb \
      timeout 20 script -qec 'zsh -d -i' /dev/null >"$BATS_TEST_TMPDIR/zsh-terminal" 2>&1
  sort -u "$matches"
}

# The command line that comes of TAB at its end, one argument per line, typed on a terminal.
# $1: the command that starts the shell, $2: a line for it to read first, $3: what is typed.
typed_complete() {
  printf '%s\nsctp-connect() { printf "<%%s>\\n" "$@"; }\nsctp-connect %s\t\nexit\n' "$2" "$3" |
    HOME=$BATS_TEST_TMPDIR ZDOTDIR=$BATS_TEST_TMPDIR TERM=dumb \
      timeout 20 script -qec "$1" /dev/null | tr -d '\r' | sed -n 's/^<\(.*\)>$/\1/p'
}

bash_typed() {
  typed_complete 'bash --norc --noprofile -i' 'source completion/sctp-connect.bash' "$1"
}

zsh_typed() {
  typed_complete 'zsh -f -i' \
    'fpath=(completion $fpath); autoload -Uz compinit; compinit -D -u' "$1"
}

# --- What the program itself knows ------------------------------------------------------------

# "-a, --address HOST[:PORT]"
help_heads() {
  "$PROGRAM" --help | sed -En 's/^ {2,6}((-., )?--[a-z].*)/\1/p' | sed 's/  .*//'
}

# One option per line, short ones too.
help_options() {
  help_heads | grep -Eo -- '(^|[ ,])--?[A-Za-z0-9][a-z0-9-]*' | tr -d ' ,' | sort
}

explained_names() {
  "$PROGRAM" --list names | sort
}

service_names() {
  "$PROGRAM" --list services | sort
}
