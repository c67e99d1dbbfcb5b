/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-report"

#include "config.h"

#include "ub-image-analysis-private.h"

static const char *
get_severity_id (UbSeverity severity)
{
  switch (severity) {
  case UB_SEVERITY_NOTE:
    return "note";
  case UB_SEVERITY_WARNING:
    return "warning";
  case UB_SEVERITY_BLOCKING:
    return "blocking";
  }
  return "note";
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_hex (JsonBuilder *builder, const char *name, guint32 value)
{
  g_autofree char *text = g_strdup_printf ("%08x", value);

  add_string (builder, name, text);
}

static void
add_check (JsonBuilder *builder, const char *name, UbCheck check)
{
  json_builder_set_member_name (builder, name);
  if (check == UB_CHECK_UNKNOWN)
    json_builder_add_null_value (builder);
  else
    json_builder_add_boolean_value (builder, check == UB_CHECK_GOOD);
}

static void
add_crc (JsonBuilder *builder, const UbCrcCount *crc)
{
  json_builder_set_member_name (builder, "crc");
  json_builder_begin_object (builder);
  add_int (builder, "valid", crc->valid);
  add_int (builder, "blank", crc->blank);
  add_int (builder, "damaged", crc->damaged);
}

static const char *
get_area_key (const UbCodeArea *area)
{
  return area->state == UB_CODE_ABSENT || area->state == UB_CODE_BLANK
             ? NULL
             : ub_beken_key_get_id (area->key);
}

static void
add_key (JsonBuilder *builder, const UbCodeArea *area)
{
  const char *id = get_area_key (area);
  const guint32 *k = ub_beken_key_get (area->key)->k;
  g_autofree char *coefficients = NULL;

  if (id != NULL && area->key != UB_BEKEN_KEY_UNKNOWN)
    coefficients = g_strdup_printf ("%08x %08x %08x %08x", k[0], k[1], k[2], k[3]);
  add_string (builder, "key", id);
  add_string (builder, "key_coefficients", coefficients);
}

static void
add_code (UbImageAnalysis *self, JsonBuilder *builder)
{
  const UbCodeArea *areas[] = { &self->boot, &self->app };

  json_builder_set_member_name (builder, "bootloader");
  json_builder_begin_object (builder);
  add_string (builder, "name", self->boot_name);
  add_string (builder, "version", self->boot_version);
  add_key (builder, &self->boot);
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "firmware");
  json_builder_begin_object (builder);
  add_string (builder, "name", self->firmware.name);
  add_string (builder, "version", self->firmware.version);
  add_string (builder, "app", self->firmware.app);
  add_string (builder, "sdk", self->firmware.sdk);
  add_string (builder, "build", self->firmware.build);
  add_key (builder, &self->app);
  json_builder_end_object (builder);

  add_crc (builder, &self->crc);
  json_builder_set_member_name (builder, "damaged_at");
  json_builder_begin_array (builder);
  for (guint a = 0; a < G_N_ELEMENTS (areas); a++) {
    for (guint i = 0; i < areas[a]->n_runs; i++) {
      json_builder_begin_object (builder);
      add_int (builder, "address", areas[a]->runs[i].address);
      add_int (builder, "blocks", areas[a]->runs[i].blocks);
      json_builder_end_object (builder);
    }
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_rbl (UbImageAnalysis *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "rbl");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->n_rbl; i++) {
    const UbRbl *rbl = &self->rbl[i];

    json_builder_begin_object (builder);
    add_int (builder, "offset", rbl->address);
    add_int (builder, "algo", rbl->algo);
    add_int (builder, "timestamp", rbl->time);
    add_string (builder, "name", rbl->name);
    add_string (builder, "version", rbl->version);
    add_string (builder, "sn", rbl->serial);
    add_hex (builder, "data_crc32", rbl->crc32);
    add_hex (builder, "fnv1a", rbl->fnv1a);
    add_int (builder, "size_raw", rbl->size_raw);
    add_int (builder, "size_package", rbl->size_package);
    add_boolean (builder, "header_crc_ok", rbl->header_ok);
    add_check (builder, "payload_crc_ok", rbl->payload_crc);
    add_check (builder, "fnv_ok", rbl->payload_fnv);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_ug (UbImageAnalysis *self, JsonBuilder *builder)
{
  if (!self->has_ug)
    return;
  json_builder_set_member_name (builder, "ug");
  json_builder_begin_object (builder);
  add_string (builder, "version", self->ug.version);
  add_int (builder, "payload_len", self->ug.length);
  add_boolean (builder, "payload_len_ok", self->ug.complete && self->ug.trailing == 0);
  add_int (builder, "trailing_bytes", (gint64) self->ug.trailing);
  add_boolean (builder, "sum_ok", self->ug.payload_ok);
  add_boolean (builder, "header_sum_ok", self->ug.header_ok);
  json_builder_end_object (builder);
}

static void
add_partitions (UbImageAnalysis *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "partitions");
  json_builder_begin_array (builder);
  for (guint i = 0; self->has_fal && i < self->fal.n; i++) {
    const UbFalPartition *partition = &self->fal.partitions[i];

    json_builder_begin_object (builder);
    add_int (builder, "at", partition->at);
    add_string (builder, "name", partition->name);
    add_string (builder, "flash", partition->flash);
    add_int (builder, "offset", partition->offset);
    add_int (builder, "length", partition->length);
    add_int (builder, "address", ub_fal_partition_get_address (partition));
    add_int (builder, "end", ub_fal_partition_get_end (partition));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_calibration (UbImageAnalysis *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "calibration");
  if (!self->has_calibration) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  add_int (builder, "address", self->calibration.address);
  add_int (builder, "size", UB_CALIBRATION_SIZE);
  add_int (builder, "length", self->calibration.length);
  add_string (builder, "mac", ub_image_analysis_get_mac (self));
  /* The rest of it may not have been read. */
  add_check (builder, "complete",
             self->calibration.complete ? UB_CHECK_GOOD
             : self->is_excerpt         ? UB_CHECK_UNKNOWN
                                        : UB_CHECK_BAD);
  json_builder_end_object (builder);
}

static void
add_storage (UbImageAnalysis *self, JsonBuilder *builder, gboolean reveal)
{
  json_builder_set_member_name (builder, "tuya_storage");
  if (self->tuya != NULL)
    json_builder_add_value (builder, ub_tuya_storage_to_json (self->tuya, reveal));
  else
    json_builder_add_null_value (builder);

  json_builder_set_member_name (builder, "tuya_default_config");
  if (self->default_config != NULL)
    json_builder_add_value (builder, ub_tuya_config_to_json (self->default_config, reveal));
  else
    json_builder_add_null_value (builder);

  json_builder_set_member_name (builder, "fast_connect");
  if (self->fast_connect != NULL)
    json_builder_add_value (builder, ub_fast_connect_to_json (self->fast_connect, reveal));
  else
    json_builder_add_null_value (builder);
}

static void
add_findings (UbImageAnalysis *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->findings->len; i++) {
    const UbFinding *finding = ub_findings_get (self->findings, i);

    json_builder_begin_object (builder);
    add_string (builder, "severity", get_severity_id (finding->severity));
    add_string (builder, "id", finding->id);
    add_string (builder, "text", finding->text);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "usable_as");
  json_builder_begin_array (builder);
  for (guint i = 0; i < UB_N_IMAGE_USES; i++) {
    UbImageUse use = (UbImageUse) (1 << i);

    if ((self->uses & use) != 0)
      json_builder_add_string_value (builder, ub_image_use_get_id (use));
  }
  json_builder_end_array (builder);
}

/**
 * ub_image_analysis_to_json:
 * @self: an analysis
 * @reveal: whether to show what is secret: Wi-Fi names, passwords and keys
 *
 * Returns: (transfer full): everything that is known, under stable names; addresses are numbers
 */
JsonNode *
ub_image_analysis_to_json (UbImageAnalysis *self, gboolean reveal)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);

  json_builder_begin_object (builder);
  add_string (builder, "file", ub_image_get_name (self->image));
  add_string (builder, "kind", ub_image_kind_get_id (self->kind));
  add_string (builder, "format", self->signature != NULL ? self->signature->id : self->other_chip);
  add_string (builder, "family", ub_family_get_id (self->family));
  json_builder_set_member_name (builder, "family_evidence");
  json_builder_begin_array (builder);
  for (guint i = 0; g_ptr_array_index (self->evidence, i) != NULL; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (self->evidence, i));
  json_builder_end_array (builder);
  add_int (builder, "size", (gint64) ub_image_get_size (self->image));
  add_string (builder, "sha256", ub_image_get_sha256 (self->image));
  add_int (builder, "address", self->address);
  add_boolean (builder, "rotated", self->rotation != 0);
  if (self->rotation != 0)
    add_int (builder, "rotation", self->rotation);
  if (self->unrotated) {
    g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->content);

    add_string (builder, "unrotated_sha256", sha256);
  }
  add_code (self, builder);
  add_ug (self, builder);
  add_rbl (self, builder);
  add_partitions (self, builder);
  add_calibration (self, builder);
  add_storage (self, builder, reveal);
  add_findings (self, builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}
