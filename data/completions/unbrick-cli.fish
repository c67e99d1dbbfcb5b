# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later

set -l commands list probe backup restore write verify erase inspect
set -l has_chip probe backup restore write verify erase
set -l no_file list probe erase

complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -f
complete -c unbrick-cli -n "__fish_seen_subcommand_from $no_file" -f
complete -c unbrick-cli -s q -l quiet -d 'Say nothing but errors and what you have to do'
complete -c unbrick-cli -l json -d 'One JSON object at the end'
complete -c unbrick-cli -l log -r -d 'Write a log'
complete -c unbrick-cli -s h -l help -d 'Show help'
complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -l version -d 'Show the version'

complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -a list -d 'Show the programmers that are present'
complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -a probe -d 'Connect, identify and describe the module'
complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -a backup -d 'Read the chip into a file'
complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -a restore -d 'Write a full image, or a bootloader and an app'
complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -a write -d 'Write a file to an address'
complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -a verify -d 'Compare the chip with an image'
complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -a erase -d 'Erase the chip or a range of it'
complete -c unbrick-cli -n "not __fish_seen_subcommand_from $commands" -a inspect -d 'Say what a file is'

complete -c unbrick-cli -n "__fish_seen_subcommand_from $has_chip" -s p -l programmer -x -a 'spidev ftdi ch341a sim' -d 'Programmer'
complete -c unbrick-cli -n '__fish_seen_subcommand_from backup write verify erase' -l start -x -d 'First address'
complete -c unbrick-cli -n '__fish_seen_subcommand_from backup erase' -l size -x -d 'Bytes'
complete -c unbrick-cli -n '__fish_seen_subcommand_from backup' -l read-twice -d 'Read everything twice and compare'
complete -c unbrick-cli -n '__fish_seen_subcommand_from restore' -l bootloader -r -d 'Take the bootloader out of this file'
complete -c unbrick-cli -n '__fish_seen_subcommand_from restore' -l backup -r -d 'Where the rescue copy goes'
complete -c unbrick-cli -n '__fish_seen_subcommand_from restore' -l no-backup -d 'Save no rescue copy'
complete -c unbrick-cli -n '__fish_seen_subcommand_from restore' -l overwrite-calibration -d 'Write calibration and MAC address too'
complete -c unbrick-cli -n '__fish_seen_subcommand_from inspect' -l reveal -d 'Show secrets'
complete -c unbrick-cli -n '__fish_seen_subcommand_from inspect' -l template -d 'Print the pins as a template for OpenBeken'
