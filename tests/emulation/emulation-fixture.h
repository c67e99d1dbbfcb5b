/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-emulation.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * EmulationFixture:
 * @dir: a folder for files, removed in the end
 * @original: what a healthy module holds
 * @original_path: the same as a file
 * @chip: the module
 * @emulation: a computer, to which the test adds its adapter
 *
 * The command line on a computer with an emulated adapter.
 */
typedef struct {
  char *dir;
  GBytes *original;
  char *original_path;
  UbSimChip *chip;
  UbEmulation *emulation;
} EmulationFixture;

/**
 * EmulationWires:
 * @name: what is wrong with them
 * @miso: what the adapter reads
 * @mosi_cut: whether what it sends does not arrive
 * @cen_cut: whether CEN is not connected
 * @error_name: what the program has to find out
 *
 * A mistake of a person who solders.
 */
typedef struct {
  const char *name;
  UbEmulatedMiso miso;
  gboolean mosi_cut;
  gboolean cen_cut;
  const char *error_name;
} EmulationWires;

#define EMULATION_N_BAD_WIRES 5
extern const EmulationWires emulation_bad_wires[EMULATION_N_BAD_WIRES];

/**
 * EmulationRun:
 * @status: exit status, -1 when a signal ended it
 * @report: the JSON object, %NULL when there is none
 * @messages: what it told the person meanwhile
 */
typedef struct {
  int status;
  JsonObject *report;
  char *messages;
} EmulationRun;

void emulation_fixture_set_up (EmulationFixture *self);
void emulation_fixture_tear_down (EmulationFixture *self);
void emulation_fixture_wreck (EmulationFixture *self);
void emulation_fixture_set_wires (EmulationFixture *self, const EmulationWires *wires);
char *emulation_fixture_dup_path (EmulationFixture *self, const char *name);
void emulation_fixture_assert_original (EmulationFixture *self);
void emulation_fixture_assert_file (EmulationFixture *self, const char *path);

GSubprocess *emulation_spawn (const char *command, ...) G_GNUC_NULL_TERMINATED;
void emulation_run_finish (GSubprocess *child, EmulationRun *out_run);
void emulation_wait_for_reset (EmulationFixture *self);
void emulation_run (EmulationRun *out_run, const char *command, ...) G_GNUC_NULL_TERMINATED;
void emulation_run_clear (EmulationRun *run);
const char *emulation_run_get_string (const EmulationRun *run, const char *member);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EmulationRun, emulation_run_clear)

G_END_DECLS
