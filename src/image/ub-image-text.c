/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-text"

#include "config.h"

#include "ub-image-analysis-private.h"

#include "ub-error.h"

#include <glib/gi18n.h>

static const char *
get_severity_title (UbSeverity severity)
{
  switch (severity) {
  case UB_SEVERITY_NOTE:
    return _ ("Note");
  case UB_SEVERITY_WARNING:
    return _ ("Warning");
  case UB_SEVERITY_BLOCKING:
    return _ ("Problem");
  }
  return "";
}

static void
append_row (GString *text, const char *label, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* One line; without a label it continues the one above. */
static void
append_row (GString *text, const char *label, const char *format, ...)
{
  glong width = g_utf8_strlen (label, -1) + 1;
  va_list args;

  g_string_append_printf (text, "%s%s", label, *label != '\0' ? ":" : " ");
  do
    g_string_append_c (text, ' ');
  while (++width < UB_IMAGE_REPORT_LABEL_WIDTH);
  va_start (args, format);
  g_string_append_vprintf (text, format, args);
  va_end (args);
  g_string_append_c (text, '\n');
}

/* What to do with a file that is of no use as it is. */
static void
append_advice (UbImageAnalysis *self, GString *text)
{
  const UbImageUse any = UB_IMAGE_USE_FULL | UB_IMAGE_USE_QIO | UB_IMAGE_USE_APP;
  g_autoptr (GError) error = NULL;

  if (!self->for_chip && self->uses == 0 && !ub_image_analysis_check_use (self, any, &error) &&
      ub_error_get_remedy (error) != NULL)
    append_row (text, _ ("Advice"), "%s", ub_error_get_remedy (error));
}

static void
append_verdict (UbImageAnalysis *self, GString *text)
{
  gboolean first = TRUE;

  for (guint i = 0; i < UB_N_IMAGE_USES; i++) {
    UbImageUse use = (UbImageUse) (1 << i);

    if ((self->uses & use) == 0)
      continue;
    append_row (text, first ? _ ("Usable as") : "", "%s", ub_image_use_get_title (use));
    first = FALSE;
  }
  if (first && !self->for_chip)
    append_row (text, _ ("Usable as"), "%s", _ ("nothing"));
  for (guint i = 0; i < self->findings->len; i++) {
    const UbFinding *finding = ub_findings_get (self->findings, i);

    append_row (text, get_severity_title (finding->severity), "%s", finding->text);
  }
  append_advice (self, text);
  g_string_append_c (text, '\n');
}

static void
append_file (UbImageAnalysis *self, GString *text)
{
  append_row (text, _ ("Size"), _ ("%zu bytes"), ub_image_get_size (self->image));
  append_row (text, "SHA-256", "%s", ub_image_get_sha256 (self->image));
  if (self->address_known)
    append_row (text, _ ("Belongs at"), "0x%06X", self->address);
  if (self->family != UB_FAMILY_UNKNOWN)
    append_row (text, _ ("Family"), "%s", ub_family_get_title (self->family));
  for (guint i = 0; g_ptr_array_index (self->evidence, i) != NULL; i++)
    append_row (text, i == 0 ? _ ("Because") : "", "%s",
                (const char *) g_ptr_array_index (self->evidence, i));
}

static const char *
describe_checks (const UbRbl *rbl)
{
  if (!rbl->header_ok || rbl->payload_crc == UB_CHECK_BAD || rbl->payload_fnv == UB_CHECK_BAD)
    return _ ("checksums do not hold");
  return rbl->payload_crc == UB_CHECK_GOOD ? _ ("checksums hold") : _ ("checksums unknown");
}

static void
append_code (UbImageAnalysis *self, GString *text)
{
  if (self->boot_name != NULL)
    append_row (text, _ ("Bootloader"), _ ("%s %s, key “%s”"), self->boot_name, self->boot_version,
                ub_beken_key_get_id (self->boot.key));
  if (self->firmware.name != NULL)
    append_row (text, _ ("Firmware"), "%s %s", self->firmware.name,
                self->firmware.version != NULL ? self->firmware.version : "");
  if (self->firmware.app != NULL)
    append_row (text, _ ("App"), "%s", self->firmware.app);
  if (self->crc.valid + self->crc.blank + self->crc.damaged > 0)
    append_row (text, _ ("Code blocks"), _ ("%u valid, %u blank, %u damaged"), self->crc.valid,
                self->crc.blank, self->crc.damaged);
  for (guint i = 0; i < self->n_rbl; i++)
    append_row (text, i == 0 ? _ ("Headers") : "", _ ("“%s” at 0x%06X: %s"), self->rbl[i].name,
                self->rbl[i].address, describe_checks (&self->rbl[i]));
  for (guint i = 0; self->has_fal && i < self->fal.n; i++)
    append_row (text, i == 0 ? _ ("Partitions") : "", "0x%06X–0x%06X %s",
                ub_fal_partition_get_address (&self->fal.partitions[i]),
                ub_fal_partition_get_end (&self->fal.partitions[i]) - 1,
                self->fal.partitions[i].name);
  if (self->has_calibration)
    append_row (text, _ ("Calibration"), _ ("0x%06X, %s, MAC address %s"),
                self->calibration.address,
                self->calibration.complete ? _ ("complete") : _ ("not complete"),
                self->calibration.has_mac ? self->calibration.mac : _ ("missing"));
}

static void
append_config (UbTuyaConfig *config, GString *text)
{
  const char *module = ub_tuya_config_get_module (config);

  if (ub_tuya_config_is_default (config))
    append_row (text, _ ("Configuration"), "%s",
                _ ("only the app’s default, which need not fit this device"));
  if (module != NULL)
    append_row (text, _ ("Module"), "%s", module);
  for (guint i = 0; i < ub_tuya_config_get_n_pins (config); i++) {
    const UbTuyaPin *pin = ub_tuya_config_get_pin (config, i);

    append_row (text, i == 0 ? _ ("Pins") : "",
                pin->active_low ? _ ("P%u %s (active low)") : "P%u %s", pin->pin, pin->title);
  }
}

static void
append_values (UbTuyaStorage *storage, GString *text)
{
  g_autoptr (GString) keys = g_string_new (NULL);

  for (guint i = 0; i < ub_tuya_storage_get_n_values (storage); i++)
    g_string_append_printf (keys, "%s%s", i > 0 ? ", " : "", ub_tuya_storage_get_key (storage, i));
  if (keys->len > 0)
    append_row (text, "", "%s", keys->str);
}

static void
append_storage (UbImageAnalysis *self, GString *text)
{
  UbTuyaConfig *config = ub_image_analysis_get_tuya_config (self);

  if (self->tuya != NULL) {
    append_row (text, _ ("Tuya storage"), _ ("0x%06X, %u values, %s"),
                ub_tuya_storage_get_address (self->tuya), ub_tuya_storage_get_n_values (self->tuya),
                ub_tuya_storage_is_intact (self->tuya) ? _ ("intact") : _ ("damaged"));
    append_values (self->tuya, text);
  }
  if (config != NULL)
    append_config (config, text);
  if (self->fast_connect != NULL)
    append_row (text, _ ("Wi-Fi"), "%s", _ ("name and password of the last network are in it"));
}

static void
append_secrets (UbImageAnalysis *self, GString *text)
{
  g_autoptr (JsonNode) storage =
      self->tuya != NULL ? ub_tuya_storage_to_json (self->tuya, TRUE) : NULL;
  g_autoptr (JsonNode) network =
      self->fast_connect != NULL ? ub_fast_connect_to_json (self->fast_connect, TRUE) : NULL;
  JsonNode *nodes[] = { storage, network };

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++) {
    g_autofree char *json = nodes[i] != NULL ? json_to_string (nodes[i], TRUE) : NULL;

    if (json != NULL)
      g_string_append_printf (text, "\n%s\n", json);
  }
}

/**
 * ub_image_analysis_dup_summary:
 * @self: an analysis
 *
 * Returns: (transfer full): one translated line: kind, family, firmware and version
 */
char *
ub_image_analysis_dup_summary (UbImageAnalysis *self)
{
  GString *text;

  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);

  text = g_string_new (ub_image_kind_get_title (self->kind));
  if (self->signature != NULL)
    g_string_append_printf (text, " (%s)", self->signature->title);
  else if (self->other_chip != NULL)
    g_string_append_printf (text, " (%s)", self->other_chip);
  if (self->family != UB_FAMILY_UNKNOWN)
    g_string_append_printf (text, ", %s", ub_family_get_title (self->family));
  if (self->firmware.name != NULL)
    g_string_append_printf (text, ", %s", self->firmware.name);
  if (self->firmware.name != NULL && self->firmware.version != NULL)
    g_string_append_printf (text, " %s", self->firmware.version);
  return g_string_free (text, FALSE);
}

/* What keeps the module from starting, for sure where nothing is there to start; code that does not hold may still run
 * in part, and a bootloader may take an app that is missing from an update that was received before. */
static const char *
get_obstacle (UbImageAnalysis *self)
{
  if (self->kind == UB_IMAGE_KIND_BLANK)
    return _ ("This module cannot start: the flash is blank.");
  if (self->boot.state == UB_CODE_BLANK)
    return _ ("This module cannot start: the bootloader is blank.");
  if (self->boot.state == UB_CODE_FOREIGN)
    return _ ("This module cannot start: where the bootloader should be lies something else.");
  if (self->boot.state == UB_CODE_DAMAGED)
    return _ ("This module probably does not start: the bootloader is damaged.");
  if (self->app.state == UB_CODE_BLANK || self->app.state == UB_CODE_FOREIGN)
    return _ ("This module probably does not start: the app is missing.");
  if (self->app.state == UB_CODE_DAMAGED)
    return _ ("This module probably does not start: the app is damaged.");
  if (ub_image_analysis_has_finding (self, "key-mismatch") ||
      ub_image_analysis_has_finding (self, "family-mismatch"))
    return _ ("This module cannot start: bootloader and app do not belong together.");
  for (guint i = 0; i < self->findings->len; i++) {
    const UbFinding *finding = ub_findings_get (self->findings, i);

    if (finding->severity == UB_SEVERITY_BLOCKING || g_str_equal (finding->id, "family-conflict"))
      return finding->text;
  }
  return NULL;
}

/**
 * ub_image_analysis_dup_verdict:
 * @self: an analysis of a module, of ub_image_analysis_new_for_chip()
 *
 * Says what matters first of a module: what keeps it from starting, or which firmware it holds and whether
 * anything is wrong with it.
 *
 * Returns: (transfer full) (nullable): one translated sentence; %NULL for a file, and for an excerpt of a module,
 *   which is not judged
 */
char *
ub_image_analysis_dup_verdict (UbImageAnalysis *self)
{
  const char *obstacle;
  g_autofree char *firmware = NULL;
  guint n_warnings = 0;

  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);

  if (!self->for_chip || self->is_excerpt)
    return NULL;
  obstacle = get_obstacle (self);
  if (obstacle != NULL)
    return g_strdup (obstacle);
  if (self->firmware.name == NULL)
    firmware = g_strdup (_ ("Unknown firmware"));
  else
    firmware = g_strjoin (" ", self->firmware.name, self->firmware.version, NULL);
  for (guint i = 0; i < self->findings->len; i++)
    n_warnings += ub_findings_get (self->findings, i)->severity == UB_SEVERITY_WARNING;
  if (n_warnings > 0)
    return g_strdup_printf (ngettext ("%s, with %u warning.", "%s, with %u warnings.", n_warnings),
                            firmware, n_warnings);
  /* Translators: %s is a firmware with its version, such as “OpenBeken 1.18.219” */
  return g_strdup_printf (_ ("%s; nothing wrong was found."), firmware);
}

/**
 * ub_image_analysis_dup_report:
 * @self: an analysis
 * @reveal: whether to show what is secret: Wi-Fi names, passwords and keys
 *
 * Returns: (transfer full): everything that matters to a person, translated, in lines
 */
char *
ub_image_analysis_dup_report (UbImageAnalysis *self, gboolean reveal)
{
  g_autofree char *summary = NULL;
  GString *text;

  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);

  summary = ub_image_analysis_dup_verdict (self);
  if (summary == NULL)
    summary = ub_image_analysis_dup_summary (self);
  text = g_string_new (NULL);
  g_string_append_printf (text, "%s\n%s\n\n", ub_image_get_name (self->image), summary);
  append_verdict (self, text);
  append_file (self, text);
  append_code (self, text);
  append_storage (self, text);
  if (reveal)
    append_secrets (self, text);
  return g_string_free (text, FALSE);
}
