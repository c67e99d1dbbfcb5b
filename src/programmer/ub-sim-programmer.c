/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-sim-programmer"

#include "config.h"

#include "ub-sim-programmer.h"

#include "ub-error.h"
#include "ub-sim-content.h"

#include <glib/gi18n.h>
#include <string.h>

#define DEFAULT_PART 0x1C7015
/* From what the seed's users needed to what the fastest adapter, an FT232H, makes; and beyond. */
#define MIN_CLOCK_HZ 3000
#define MAX_CLOCK_HZ (50 * 1000 * 1000)
/* A USB microframe, what one exchange with a real adapter costs at least. */
#define DEFAULT_LATENCY_US 125
/* Large enough that nothing is cut short, small enough that a job passes a safe point now and then. */
#define DEFAULT_MAX_TRANSACTION (1024 * 1024)
#define DEFAULT_MAX_BATCH (64 * 1024)
#define MIN_MAX_TRANSACTION 300 /* a page program and its opcode and address must fit */
#define MIN_NAME 4 /* what is shorter fits too many part numbers */
/* Sleeps shorter than this are saved up: they would take longer than asked. */
#define MIN_SLEEP_US 2000

/**
 * UbSimProgrammer:
 *
 * A programmer with a simulated module on its wires. The module outlives the programmer's closing and
 * opening, as a real one would; with a file it is the file.
 */
struct _UbSimProgrammer {
  UbProgrammer parent_instance;

  UbSimChip *chip;
  char *path; /* of the file that is the module, or NULL */
  GBytes *loaded; /* what is in that file */
  guint latency_us;
  gsize max_transaction;
  gsize max_batch;
  guint min_clock;
  guint modes; /* that the wires carry, as UbProgrammerLimits.modes */

  gboolean real_time;
  gint64 wall_anchor; /* wall time and virtual time were equal here */
  gint64 virtual_anchor;

  guint clock_hz;
  guint64 n_exchanges;
};

G_DEFINE_FINAL_TYPE (UbSimProgrammer, ub_sim_programmer, UB_TYPE_PROGRAMMER)

static gint64
get_virtual_time (UbSimProgrammer *self)
{
  return (gint64) (ub_sim_chip_get_time (self->chip) / 1000);
}

static void
anchor_time (UbSimProgrammer *self)
{
  self->wall_anchor = g_get_monotonic_time ();
  self->virtual_anchor = get_virtual_time (self);
}

/* Lets wall time catch up with virtual time. */
static void
pace (UbSimProgrammer *self)
{
  gint64 ahead;

  if (!self->real_time)
    return;
  ahead = (get_virtual_time (self) - self->virtual_anchor) -
          (g_get_monotonic_time () - self->wall_anchor);
  if (ahead >= MIN_SLEEP_US)
    g_usleep ((gulong) ahead);
  else if (ahead < 0)
    anchor_time (self); /* the computer was busy with something else: that time is gone */
}

static gboolean
load_file (UbSimProgrammer *self, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) local = NULL;
  char *bytes = NULL;
  gsize n = 0;

  if (!g_file_get_contents (self->path, &bytes, &n, &local)) {
    g_set_error (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE,
                 _ ("the simulated module’s file cannot be read: %s"), local->message);
    return FALSE;
  }
  content = g_bytes_new_take (bytes, n);
  if (n > ub_sim_chip_get_part (self->chip)->size) {
    g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
                 _ ("the simulated module’s file “%s” is larger than its flash"), self->path);
    return FALSE;
  }
  ub_sim_chip_set_content (self->chip, content);
  g_clear_pointer (&self->loaded, g_bytes_unref);
  self->loaded = g_steal_pointer (&content);
  return TRUE;
}

/* At once or not at all, and only when something changed: reading a module does not touch its file. */
static void
save_file (UbSimProgrammer *self)
{
  g_autoptr (GBytes) content = ub_sim_chip_dup_content (self->chip);
  g_autoptr (GError) error = NULL;
  gsize n;
  const char *bytes = g_bytes_get_data (content, &n);

  if (g_bytes_equal (content, self->loaded))
    return;
  if (!g_file_set_contents (self->path, bytes, (gssize) n, &error))
    g_message ("The simulated module’s file could not be saved: %s", error->message);
}

static gboolean
ub_sim_programmer_open (UbProgrammer *programmer, GError **error)
{
  UbSimProgrammer *self = UB_SIM_PROGRAMMER (programmer);
  const UbProgrammerLimits limits = {
    .min_hz = self->min_clock,
    .max_hz = MAX_CLOCK_HZ,
    .modes = 1u << 0 | 1u << 3,
    .max_transaction = self->max_transaction,
    .max_batch = self->max_batch,
    .has_reset = TRUE,
  };

  if (self->path != NULL && !load_file (self, error))
    return FALSE;
  /* Whoever connects again has seen to the supply. */
  if (ub_sim_chip_has_lost_power (self->chip))
    ub_sim_chip_power_cycle (self->chip);
  ub_sim_chip_set_garbled (self->chip, (self->modes & 1u) == 0);
  ub_programmer_set_limits (programmer, &limits);
  anchor_time (self);
  return TRUE;
}

static void
ub_sim_programmer_close (UbProgrammer *programmer)
{
  UbSimProgrammer *self = UB_SIM_PROGRAMMER (programmer);

  ub_sim_chip_set_reset (self->chip, FALSE);
  if (self->path != NULL)
    save_file (self);
}

static gboolean
ub_sim_programmer_set_clock (UbProgrammer *programmer, guint hz, guint *actual_hz, GError **error)
{
  UbSimProgrammer *self = UB_SIM_PROGRAMMER (programmer);

  self->clock_hz = CLAMP (hz, self->min_clock, MAX_CLOCK_HZ);
  *actual_hz = self->clock_hz;
  return TRUE;
}

static gboolean
ub_sim_programmer_set_mode (UbProgrammer *programmer, guint mode, GError **error)
{
  UbSimProgrammer *self = UB_SIM_PROGRAMMER (programmer);

  ub_sim_chip_set_garbled (self->chip, (self->modes & (1u << mode)) == 0);
  return TRUE;
}

static gboolean
ub_sim_programmer_set_reset (UbProgrammer *programmer, gboolean asserted, GError **error)
{
  UbSimProgrammer *self = UB_SIM_PROGRAMMER (programmer);

  ub_sim_chip_set_reset (self->chip, asserted);
  return TRUE;
}

static void
run_transaction (UbSimProgrammer *self, const UbTransaction *transaction)
{
  ub_sim_chip_select (self->chip, TRUE);
  if (transaction->duplex) {
    ub_sim_chip_transfer (self->chip, transaction->tx, transaction->rx, transaction->n_rx,
                          self->clock_hz);
    ub_sim_chip_transfer (self->chip, transaction->tx + transaction->n_rx, NULL,
                          transaction->n_tx - transaction->n_rx, self->clock_hz);
  } else {
    ub_sim_chip_transfer (self->chip, transaction->tx, NULL, transaction->n_tx, self->clock_hz);
    ub_sim_chip_transfer (self->chip, NULL, transaction->rx, transaction->n_rx, self->clock_hz);
  }
  ub_sim_chip_select (self->chip, FALSE);
  ub_sim_chip_advance (self->chip, (guint64) transaction->delay_us * 1000);
}

static gboolean
ub_sim_programmer_exchange (UbProgrammer *programmer,
                            const UbTransaction *batch,
                            guint n,
                            GError **error)
{
  UbSimProgrammer *self = UB_SIM_PROGRAMMER (programmer);

  self->n_exchanges++;
  ub_sim_chip_advance (self->chip, (guint64) self->latency_us * 1000);
  for (guint i = 0; i < n; i++)
    run_transaction (self, &batch[i]);
  pace (self);
  return TRUE;
}

static void
ub_sim_programmer_delay (UbProgrammer *programmer, guint64 usec)
{
  UbSimProgrammer *self = UB_SIM_PROGRAMMER (programmer);

  ub_sim_chip_advance (self->chip, usec * 1000);
  pace (self);
}

static gint64
ub_sim_programmer_get_time (UbProgrammer *programmer)
{
  return get_virtual_time (UB_SIM_PROGRAMMER (programmer));
}

static void
ub_sim_programmer_finalize (GObject *object)
{
  UbSimProgrammer *self = UB_SIM_PROGRAMMER (object);

  g_clear_object (&self->chip);
  g_clear_pointer (&self->loaded, g_bytes_unref);
  g_free (self->path);

  G_OBJECT_CLASS (ub_sim_programmer_parent_class)->finalize (object);
}

static void
ub_sim_programmer_class_init (UbSimProgrammerClass *klass)
{
  UbProgrammerClass *programmer_class = UB_PROGRAMMER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_sim_programmer_finalize;

  programmer_class->open = ub_sim_programmer_open;
  programmer_class->close = ub_sim_programmer_close;
  programmer_class->set_clock = ub_sim_programmer_set_clock;
  programmer_class->set_mode = ub_sim_programmer_set_mode;
  programmer_class->set_reset = ub_sim_programmer_set_reset;
  programmer_class->exchange = ub_sim_programmer_exchange;
  programmer_class->delay = ub_sim_programmer_delay;
  programmer_class->get_time = ub_sim_programmer_get_time;
}

static void
ub_sim_programmer_init (UbSimProgrammer *self)
{
  self->latency_us = DEFAULT_LATENCY_US;
  self->max_transaction = DEFAULT_MAX_TRANSACTION;
  self->max_batch = DEFAULT_MAX_BATCH;
  self->min_clock = MIN_CLOCK_HZ;
  self->modes = 1u << 0 | 1u << 3;
  ub_programmer_set_name (UB_PROGRAMMER (self), _ ("Simulated module"));
}

/* By JEDEC ID in hex, or by part number: “EN25QH16” finds “EON EN25QH16A/B”. An ID that is in no table
 * makes a part that can only be guessed at, or with sfdp=1 one that describes itself. */
static gboolean
find_part (UbProgrammerSpec *spec, UbFlashPart *out_part, GError **error)
{
  const char *text = ub_programmer_spec_get_string (spec, "part");
  guint64 sfdp = 0, id = 0;
  const UbFlashPart *table;
  guint n;

  if (!ub_programmer_spec_get_number (spec, "sfdp", 0, 1, &sfdp, error))
    return FALSE;
  *out_part = *ub_flash_part_lookup (DEFAULT_PART);
  if (text == NULL)
    return TRUE;

  if (g_ascii_strncasecmp (text, "0x", 2) == 0)
    text += 2;
  if (g_ascii_string_to_unsigned (text, 16, 0x010000, 0xFFFFFF, &id, NULL)) {
    if (ub_flash_part_lookup ((guint32) id) != NULL) {
      *out_part = *ub_flash_part_lookup ((guint32) id);
      return TRUE;
    }
    if (ub_flash_part_guess ((guint32) id, out_part)) {
      out_part->has_sfdp = sfdp != 0;
      return TRUE;
    }
  }
  table = ub_flash_part_get_table (&n);
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_ascii_strup (table[i].name, -1);
    g_autofree char *wanted = g_ascii_strup (text, -1);

    if (strlen (text) >= MIN_NAME && strstr (name, wanted) != NULL) {
      *out_part = table[i];
      return TRUE;
    }
  }
  g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
               _ ("part=%s: neither the JEDEC ID of a flash of 64 KiB to 16 MiB, such as 1C7015, "
                  "nor a known part number"),
               text);
  return FALSE;
}

static gboolean
configure_chip (UbSimChip *chip, UbProgrammerSpec *spec, GError **error)
{
  static const char *const timings[] = { "typical", "worst", NULL };
  guint timing = 0, max_clock = 0;
  guint64 power_loss_at = 0, deaf = 0;

  if (!ub_programmer_spec_get_clock (spec, "max-clock", 0, G_MAXUINT, &max_clock, error) ||
      !ub_programmer_spec_get_number (spec, "power-loss-at", 0, G_MAXUINT64, &power_loss_at,
                                      error) ||
      !ub_programmer_spec_get_number (spec, "deaf", 0, 1, &deaf, error) ||
      !ub_programmer_spec_get_choice (spec, "timing", timings, &timing, error))
    return FALSE;
  ub_sim_chip_set_max_clock (chip, max_clock);
  ub_sim_chip_set_power_loss_at (chip, power_loss_at);
  ub_sim_chip_set_deaf (chip, deaf != 0);
  ub_sim_chip_set_timing (chip, timing == 1 ? UB_SIM_TIMING_WORST : UB_SIM_TIMING_TYPICAL);
  return TRUE;
}

static gboolean
configure (UbSimProgrammer *self, UbProgrammerSpec *spec, GError **error)
{
  static const char *const times[] = { "virtual", "real", NULL };
  static const char *const modes[] = { "both", "0", "3", NULL };
  static const guint mode_bits[] = { 1u << 0 | 1u << 3, 1u << 0, 1u << 3 };
  guint64 latency = DEFAULT_LATENCY_US;
  guint64 max_transaction = DEFAULT_MAX_TRANSACTION, max_batch = DEFAULT_MAX_BATCH;
  guint time = 0, mode = 0;

  if (!ub_programmer_spec_get_number (spec, "latency", 0, G_USEC_PER_SEC, &latency, error) ||
      !ub_programmer_spec_get_clock (spec, "min-clock", 1, MAX_CLOCK_HZ, &self->min_clock, error) ||
      !ub_programmer_spec_get_number (spec, "max-transaction", MIN_MAX_TRANSACTION, G_MAXUINT32,
                                      &max_transaction, error) ||
      !ub_programmer_spec_get_number (spec, "max-batch", MIN_MAX_TRANSACTION, G_MAXUINT32,
                                      &max_batch, error) ||
      !ub_programmer_spec_get_choice (spec, "time", times, &time, error) ||
      !ub_programmer_spec_get_choice (spec, "modes", modes, &mode, error))
    return FALSE;
  self->latency_us = (guint) latency;
  self->max_transaction = (gsize) max_transaction;
  self->max_batch = (gsize) max_batch;
  self->real_time = time == 1;
  self->modes = mode_bits[mode];
  self->path = g_strdup (ub_programmer_spec_get_string (spec, "file"));
  return configure_chip (self->chip, spec, error);
}

/**
 * ub_sim_programmer_new:
 * @spec: settings of the backend “sim”
 * @error: return location for an error
 *
 * Returns: (transfer full): a programmer with the module that @spec describes, or %NULL with
 *   %UB_ERROR_BAD_SETTING
 */
UbProgrammer *
ub_sim_programmer_new (UbProgrammerSpec *spec, GError **error)
{
  g_autoptr (UbSimProgrammer) self = NULL;
  g_autoptr (GBytes) content = NULL;
  UbFlashPart part;

  g_return_val_if_fail (UB_IS_PROGRAMMER_SPEC (spec), NULL);

  if (!find_part (spec, &part, error))
    return NULL;
  self = g_object_new (UB_TYPE_SIM_PROGRAMMER, NULL);
  if (ub_programmer_spec_get_string (spec, "file") == NULL)
    content = ub_sim_content_new (part.size);
  self->chip = ub_sim_chip_new (&part, content);
  if (!configure (self, spec, error))
    return NULL;
  return UB_PROGRAMMER (g_steal_pointer (&self));
}

/**
 * ub_sim_programmer_new_for_chip:
 * @chip: a module
 *
 * Returns: (transfer full): a programmer in virtual time with @chip on its wires
 */
UbProgrammer *
ub_sim_programmer_new_for_chip (UbSimChip *chip)
{
  UbSimProgrammer *self;

  g_return_val_if_fail (UB_IS_SIM_CHIP (chip), NULL);

  self = g_object_new (UB_TYPE_SIM_PROGRAMMER, NULL);
  self->chip = g_object_ref (chip);
  return UB_PROGRAMMER (self);
}

/**
 * ub_sim_programmer_get_chip:
 * @self: a simulated programmer
 *
 * Returns: (transfer none): the module on its wires
 */
UbSimChip *
ub_sim_programmer_get_chip (UbSimProgrammer *self)
{
  g_return_val_if_fail (UB_IS_SIM_PROGRAMMER (self), NULL);

  return self->chip;
}

/**
 * ub_sim_programmer_get_exchanges:
 * @self: a simulated programmer
 *
 * Returns: how often ub_programmer_exchange() was called, each a USB round trip or system call
 */
guint64
ub_sim_programmer_get_exchanges (UbSimProgrammer *self)
{
  g_return_val_if_fail (UB_IS_SIM_PROGRAMMER (self), 0);

  return self->n_exchanges;
}

/**
 * ub_sim_programmer_set_latency:
 * @self: a simulated programmer
 * @usec: microseconds that each exchange takes besides its bytes
 */
void
ub_sim_programmer_set_latency (UbSimProgrammer *self, guint usec)
{
  g_return_if_fail (UB_IS_SIM_PROGRAMMER (self));

  self->latency_us = usec;
}

/**
 * ub_sim_programmer_set_max_sizes:
 * @self: a closed simulated programmer
 * @max_transaction: bytes of the largest transaction, as of spidev’s buffer
 * @max_batch: bytes that one exchange is best filled with
 */
void
ub_sim_programmer_set_max_sizes (UbSimProgrammer *self, gsize max_transaction, gsize max_batch)
{
  g_return_if_fail (UB_IS_SIM_PROGRAMMER (self));
  g_return_if_fail (max_transaction >= MIN_MAX_TRANSACTION && max_batch > 0);

  self->max_transaction = max_transaction;
  self->max_batch = max_batch;
}
