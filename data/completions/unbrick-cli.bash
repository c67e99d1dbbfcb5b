# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later

_unbrick_cli()
{
  local cur prev word command= options common='--quiet --json --log --help'
  cur=${COMP_WORDS[COMP_CWORD]}
  prev=${COMP_WORDS[COMP_CWORD-1]}
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      list|probe|backup|restore|write|verify|erase|inspect) command=$word; break ;;
    esac
  done

  case $prev in
    -p|--programmer)
      COMPREPLY=($(compgen -W 'spidev ftdi ch341a sim' -- "$cur")); return ;;
    --bootloader|--backup|--log)
      COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --start|--size)
      return ;;
  esac

  case $command in
    '') options='--version list probe backup restore write verify erase inspect' ;;
    list) options= ;;
    probe) options='--programmer' ;;
    backup) options='--programmer --start --size --read-twice' ;;
    restore) options='--programmer --bootloader --backup --no-backup --overwrite-calibration' ;;
    write|verify) options='--programmer --start' ;;
    erase) options='--programmer --start --size' ;;
    inspect) options='--reveal --template' ;;
  esac
  if [[ -z $command || $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$common $options" -- "$cur"))
  else
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -o filenames -F _unbrick_cli unbrick-cli
