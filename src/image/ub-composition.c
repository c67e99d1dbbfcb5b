/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-composition"

#include "config.h"

#include "ub-composition.h"

#include "ub-error.h"
#include "ub-image-analysis-private.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * UbComposition:
 *
 * What the chip shall hold: the image, or an app behind a donor's bootloader, laid over what the module holds
 * now, with the module's calibration kept. Made once and never changed.
 */
struct _UbComposition {
  GObject parent_instance;

  UbImageAnalysis *image;
  UbImageAnalysis *bootloader;
  UbImageAnalysis *current;
  UbCompositionFlags flags;

  guint8 *data;
  gsize size;
  GBytes *wanted;
  GArray *written;
  GArray *kept;
  GArray *findings;
};

G_DEFINE_FINAL_TYPE (UbComposition, ub_composition, G_TYPE_OBJECT)

static void
ub_composition_finalize (GObject *object)
{
  UbComposition *self = UB_COMPOSITION (object);

  g_clear_object (&self->image);
  g_clear_object (&self->bootloader);
  g_clear_object (&self->current);
  g_clear_pointer (&self->data, g_free);
  g_clear_pointer (&self->wanted, g_bytes_unref);
  g_clear_pointer (&self->written, g_array_unref);
  g_clear_pointer (&self->kept, g_array_unref);
  g_clear_pointer (&self->findings, g_array_unref);

  G_OBJECT_CLASS (ub_composition_parent_class)->finalize (object);
}

static void
ub_composition_class_init (UbCompositionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_composition_finalize;
}

static void
ub_composition_init (UbComposition *self)
{
  self->written = g_array_new (FALSE, FALSE, sizeof (UbRange));
  self->kept = g_array_new (FALSE, FALSE, sizeof (UbRange));
  self->findings = ub_findings_new ();
}

static void
add_finding (UbComposition *self, UbSeverity severity, const char *id, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
add_finding (UbComposition *self, UbSeverity severity, const char *id, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  ub_findings_add_valist (self->findings, severity, id, format, args);
  va_end (args);
}

static const char *
get_name (UbImageAnalysis *analysis)
{
  return ub_image_get_name (analysis->image);
}

/* A file may hold an app and a bootloader of two families, which is then what counts. */
static UbFamily
get_area_family (UbImageAnalysis *analysis, const UbCodeArea *area)
{
  return area->family != UB_FAMILY_UNKNOWN ? area->family : analysis->family;
}

static gboolean
check_pair (UbImageAnalysis *image, UbImageAnalysis *bootloader, GError **error)
{
  UbFamily app = get_area_family (image, &image->app);
  UbFamily boot = get_area_family (bootloader, &bootloader->boot);

  if (app != UB_FAMILY_UNKNOWN && boot != UB_FAMILY_UNKNOWN && app != boot) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_FAMILY,
                 _ ("The app in “%s” is for %s, but the bootloader in “%s” is for %s"),
                 get_name (image), ub_family_get_title (app), get_name (bootloader),
                 ub_family_get_title (boot));
    return FALSE;
  }
  if (image->app.key != bootloader->boot.key) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_KEY,
                 _ ("The app in “%s” has the key “%s”, but the bootloader in “%s” has “%s”"),
                 get_name (image), ub_beken_key_get_id (image->app.key), get_name (bootloader),
                 ub_beken_key_get_id (bootloader->boot.key));
    return FALSE;
  }
  return TRUE;
}

/**
 * ub_composition_check:
 * @image: a full image or, with @bootloader, what the app is taken from
 * @bootloader: (nullable): the donor of the first 0x11000 bytes
 * @error: return location for a #GError
 *
 * Checks what can be checked without a module: whether the files are fit for this use, and whether bootloader
 * and app belong to one family (%UB_ERROR_IMAGE_FAMILY) and have one key (%UB_ERROR_IMAGE_KEY).
 *
 * Returns: whether they may be written together
 */
gboolean
ub_composition_check (UbImageAnalysis *image, UbImageAnalysis *bootloader, GError **error)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (image), FALSE);
  g_return_val_if_fail (bootloader == NULL || UB_IS_IMAGE_ANALYSIS (bootloader), FALSE);

  if (bootloader == NULL)
    return ub_image_analysis_check_use (image, UB_IMAGE_USE_FULL | UB_IMAGE_USE_QIO, error);
  return ub_image_analysis_check_use (bootloader, UB_IMAGE_USE_BOOTLOADER_DONOR, error) &&
         ub_image_analysis_check_use (image, UB_IMAGE_USE_APP, error) &&
         check_pair (image, bootloader, error);
}

static gboolean
check_module (UbComposition *self, GError **error)
{
  UbFamily family = get_area_family (self->image, &self->image->app);
  UbFamily module = self->current->family;
  gsize end = self->image->address + g_bytes_get_size (self->image->content);

  if (family == UB_FAMILY_UNKNOWN && self->bootloader != NULL)
    family = get_area_family (self->bootloader, &self->bootloader->boot);
  if (end > self->size) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_TOO_LARGE,
                 _ ("“%s” reaches to 0x%zX, but the flash of this module ends at 0x%zX"),
                 get_name (self->image), end, self->size);
    return FALSE;
  }
  if (family != UB_FAMILY_UNKNOWN && module != UB_FAMILY_UNKNOWN && family != module) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_FAMILY,
                 _ ("“%s” is for %s, but this module is a %s by what it holds"),
                 get_name (self->image), ub_family_get_title (family),
                 ub_family_get_title (module));
    return FALSE;
  }
  if (family == UB_FAMILY_UNKNOWN)
    add_finding (self, UB_SEVERITY_WARNING, "image-family-unknown",
                 _ ("The file does not tell which chip family it is for."));
  else if (module == UB_FAMILY_UNKNOWN)
    add_finding (
        self, UB_SEVERITY_WARNING, "module-family-unknown",
        _ ("The module does not tell its chip family any more: make sure that it is a %s."),
        ub_family_get_title (family));
  return TRUE;
}

/* A backup of a smaller flash works, but leaves the rest of a larger one as it is. */
static void
warn_of_size (UbComposition *self)
{
  gsize end = self->image->address + g_bytes_get_size (self->image->content);

  if ((self->image->kind == UB_IMAGE_KIND_FULL_BACKUP ||
       self->image->kind == UB_IMAGE_KIND_ROTATED_BACKUP) &&
      end < self->size)
    add_finding (
        self, UB_SEVERITY_WARNING, "flash-larger",
        _ ("The backup is of a flash of %zu MiB, but this module has %zu MiB: what lies behind "
           "stays as it is."),
        end >> 20, self->size >> 20);
}

static void
place (UbComposition *self, UbImageAnalysis *source, guint32 from, guint32 to)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (source->content, &size);
  UbRange range;

  from = MAX (from, source->address);
  to = (guint32) MIN (to, source->address + size);
  if (from >= to)
    return;
  memcpy (self->data + from, data + (from - source->address), to - from);
  range.address = from;
  range.size = to - from;
  g_array_append_val (self->written, range);
}

/* Takes @kept out of the ranges that are written. */
static void
cut_written (UbComposition *self, const UbRange *kept)
{
  g_autoptr (GArray) old = g_steal_pointer (&self->written);
  guint32 kept_end = kept->address + kept->size;

  self->written = g_array_new (FALSE, FALSE, sizeof (UbRange));
  for (guint i = 0; i < old->len; i++) {
    const UbRange *range = &g_array_index (old, UbRange, i);
    guint32 end = range->address + range->size;
    UbRange before = { range->address, MIN (end, kept->address) - range->address };
    UbRange after = { MAX (range->address, kept_end), 0 };

    if (kept_end <= range->address || kept->address >= end) {
      g_array_append_val (self->written, *range);
      continue;
    }
    if (kept->address > range->address)
      g_array_append_val (self->written, before);
    if (kept_end < end) {
      after.size = end - after.address;
      g_array_append_val (self->written, after);
    }
  }
}

static gboolean
covers (UbImageAnalysis *image, guint32 address)
{
  return address >= image->address && address - image->address < g_bytes_get_size (image->content);
}

static gboolean
has_good_calibration (UbImageAnalysis *analysis)
{
  return analysis->has_calibration && analysis->calibration.sound && analysis->calibration.has_mac;
}

static void
keep_range (UbComposition *self, const UbRange *range)
{
  const guint8 *current = g_bytes_get_data (self->current->content, NULL);

  memcpy (self->data + range->address, current + range->address, range->size);
  g_array_append_val (self->kept, *range);
  cut_written (self, range);
}

static void
keep_calibration (UbComposition *self)
{
  UbRange range = { self->current->calibration.address, UB_CALIBRATION_SIZE };

  keep_range (self, &range);
  if (covers (self->image, range.address))
    add_finding (self, UB_SEVERITY_NOTE, "calibration-kept",
                 _ ("The module keeps its own calibration and MAC address %s."),
                 self->current->calibration.mac);
  if (!self->current->calibration.complete)
    add_finding (
        self, UB_SEVERITY_WARNING, "calibration-template",
        _ ("The module’s calibration is only a short replacement: its own was lost before."));
}

static void
compose_calibration (UbComposition *self)
{
  gboolean overwrite = (self->flags & UB_COMPOSITION_OVERWRITE_CALIBRATION) != 0;
  gboolean module_has = has_good_calibration (self->current);
  gboolean image_has = has_good_calibration (self->image);

  if (module_has && !overwrite) {
    keep_calibration (self);
  } else if (image_has) {
    const char *mac = self->image->calibration.mac;

    if (!module_has)
      add_finding (
          self, UB_SEVERITY_WARNING, "calibration-from-image",
          _ ("The module has no calibration of its own: it takes the file’s, with MAC address "
             "%s."),
          mac);
    else if (!g_str_equal (mac, self->current->calibration.mac))
      add_finding (
          self, UB_SEVERITY_WARNING, "clone-mac",
          _ ("The module takes the MAC address %s of another device: both cannot be in one "
             "network."),
          mac);
    if (!self->image->calibration.complete)
      add_finding (self, UB_SEVERITY_WARNING, "calibration-template",
                   _ ("The file’s calibration is only a short replacement."));
  } else if (module_has && covers (self->image, self->current->calibration.address)) {
    add_finding (self, UB_SEVERITY_WARNING, "calibration-lost",
                 _ ("The file holds no calibration: the module’s own, with MAC address %s, is "
                    "overwritten and lost."),
                 self->current->calibration.mac);
  } else if (!module_has) {
    add_finding (
        self, UB_SEVERITY_WARNING, "calibration-missing",
        _ ("Neither the module nor the file has a calibration: Wi-Fi may be weak, and the MAC "
           "address will be a made-up one."));
  }
}

/* The module's own storage, so that a backup of another device brings its code and not its identity. */
static gboolean
compose_storage (UbComposition *self)
{
  UbRange range = { UB_TUYA_KEY_ADDRESS, UB_TUYA_STORAGE_SIZE };
  guint32 address;

  if ((self->flags & UB_COMPOSITION_KEEP_STORAGE) == 0)
    return FALSE;
  /* Whether there is one turns out once it is read. */
  if (self->current->is_excerpt) {
    keep_range (self, &range);
    return TRUE;
  }
  if (self->current->tuya == NULL || range.address + range.size > self->size ||
      ub_tuya_storage_get_address (self->current->tuya) != range.address) {
    add_finding (self, UB_SEVERITY_WARNING, "storage-not-kept",
                 _ ("The module has no Tuya storage of its own that could be kept."));
    return FALSE;
  }
  /* The protected copy lies in the sector before. */
  if (ub_tuya_storage_has_protected (self->current->tuya, &address) &&
      address + UB_CALIBRATION_SIZE == range.address) {
    range.address = address;
    range.size += UB_CALIBRATION_SIZE;
  }
  keep_range (self, &range);
  return TRUE;
}

/* The key is burnt into the module: what runs on it tells which. A file with the usual key is let pass, since
 * what is on the module may have been the mistake. */
static gboolean
check_key (UbComposition *self, GError **error)
{
  UbBekenKeyId key = self->image->app.key;
  const UbCodeArea *boot = &self->current->boot, *app = &self->current->app;

  if (boot->state != UB_CODE_GOOD || app->state != UB_CODE_GOOD || boot->key != app->key ||
      boot->key == UB_BEKEN_KEY_UNKNOWN || key == boot->key)
    return TRUE;
  if (key == UB_BEKEN_KEY_TUYA) {
    add_finding (
        self, UB_SEVERITY_WARNING, "module-key",
        _ ("The module holds code with the key “%s”, but the file has “%s”: if the module has "
           "run before, it will not start with this."),
        ub_beken_key_get_id (boot->key), ub_beken_key_get_id (key));
    return TRUE;
  }
  g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_KEY,
               _ ("“%s” has the key “%s”, but what the module holds has “%s”"),
               get_name (self->image), ub_beken_key_get_id (key), ub_beken_key_get_id (boot->key));
  return FALSE;
}

/* A backup of another device brings its identity along: what the cloud knows it by lies in the storage. */
static void
warn_of_identity (UbComposition *self)
{
  const char *theirs = ub_image_analysis_get_mac (self->image);
  const char *ours = ub_image_analysis_get_mac (self->current);

  if (theirs == NULL || ours == NULL || g_str_equal (theirs, ours))
    return;
  add_finding (
      self, UB_SEVERITY_WARNING, "clone-identity",
      _ ("This is a backup of another device (MAC address %s): its pairing, keys and settings "
         "come along. Two devices with one identity cannot both be used."),
      theirs);
}

/**
 * ub_composition_new:
 * @image: a full image or, with @bootloader, what the app is taken from
 * @bootloader: (nullable): the donor of the first 0x11000 bytes
 * @current: what the module holds now, of ub_image_analysis_new_for_chip()
 * @flags: whether the calibration is overwritten
 * @error: return location for a #GError
 *
 * Composes what the chip shall hold. Refuses what ub_composition_check() refuses, what is larger than the flash
 * (%UB_ERROR_IMAGE_TOO_LARGE) and what is for another family than the module (%UB_ERROR_IMAGE_FAMILY).
 *
 * Returns: (transfer full) (nullable): the composition, or %NULL with @error set
 */
UbComposition *
ub_composition_new (UbImageAnalysis *image,
                    UbImageAnalysis *bootloader,
                    UbImageAnalysis *current,
                    UbCompositionFlags flags,
                    GError **error)
{
  g_autoptr (UbComposition) self = NULL;
  const guint8 *now;

  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (image), NULL);
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (current), NULL);

  if (!ub_composition_check (image, bootloader, error))
    return NULL;

  self = g_object_new (UB_TYPE_COMPOSITION, NULL);
  self->image = g_object_ref (image);
  self->bootloader = bootloader != NULL ? g_object_ref (bootloader) : NULL;
  self->current = g_object_ref (current);
  self->flags = flags;
  now = g_bytes_get_data (current->content, &self->size);
  if (!check_module (self, error) || !check_key (self, error))
    return NULL;

  self->data = g_memdup2 (now, self->size);
  if (bootloader != NULL) {
    place (self, bootloader, 0, UB_APP_ADDRESS);
    place (self, image, UB_APP_ADDRESS, G_MAXUINT32);
  } else {
    place (self, image, 0, G_MAXUINT32);
  }
  compose_calibration (self);
  warn_of_size (self);
  if (!compose_storage (self))
    warn_of_identity (self);
  self->wanted = g_bytes_new_take (g_steal_pointer (&self->data), self->size);
  return g_steal_pointer (&self);
}

/**
 * ub_composition_get_wanted:
 * @self: a composition
 *
 * Returns: (transfer none): what the whole chip shall hold
 */
GBytes *
ub_composition_get_wanted (UbComposition *self)
{
  g_return_val_if_fail (UB_IS_COMPOSITION (self), NULL);
  return self->wanted;
}

/**
 * ub_composition_get_n_written:
 * @self: a composition
 *
 * Returns: how many ranges come from the files
 */
guint
ub_composition_get_n_written (UbComposition *self)
{
  g_return_val_if_fail (UB_IS_COMPOSITION (self), 0);
  return self->written->len;
}

/**
 * ub_composition_get_written:
 * @self: a composition
 * @index: which
 *
 * Returns: (transfer none): a range that comes from the files
 */
const UbRange *
ub_composition_get_written (UbComposition *self, guint index)
{
  g_return_val_if_fail (UB_IS_COMPOSITION (self), NULL);
  g_return_val_if_fail (index < self->written->len, NULL);
  return &g_array_index (self->written, UbRange, index);
}

/**
 * ub_composition_get_n_kept:
 * @self: a composition
 *
 * Returns: how many ranges are kept on purpose
 */
guint
ub_composition_get_n_kept (UbComposition *self)
{
  g_return_val_if_fail (UB_IS_COMPOSITION (self), 0);
  return self->kept->len;
}

/**
 * ub_composition_get_kept:
 * @self: a composition
 * @index: which
 *
 * Returns: (transfer none): a range that stays as the module has it
 */
const UbRange *
ub_composition_get_kept (UbComposition *self, guint index)
{
  g_return_val_if_fail (UB_IS_COMPOSITION (self), NULL);
  g_return_val_if_fail (index < self->kept->len, NULL);
  return &g_array_index (self->kept, UbRange, index);
}

/**
 * ub_composition_get_n_findings:
 * @self: a composition
 *
 * Returns: how many findings there are
 */
guint
ub_composition_get_n_findings (UbComposition *self)
{
  g_return_val_if_fail (UB_IS_COMPOSITION (self), 0);
  return self->findings->len;
}

/**
 * ub_composition_get_finding:
 * @self: a composition
 * @index: which
 *
 * Returns: (transfer none): what to know before it is written
 */
const UbFinding *
ub_composition_get_finding (UbComposition *self, guint index)
{
  g_return_val_if_fail (UB_IS_COMPOSITION (self), NULL);
  return ub_findings_get (self->findings, index);
}
