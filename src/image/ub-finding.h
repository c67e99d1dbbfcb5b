/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdarg.h>

G_BEGIN_DECLS

typedef enum {
  UB_SEVERITY_NOTE,
  UB_SEVERITY_WARNING,
  UB_SEVERITY_BLOCKING,
} UbSeverity;

/**
 * UbFinding:
 * @severity: how bad it is; a blocking one forbids to write the image as what it is, though a part of it may
 *   still be of use: ub_image_analysis_check_use() decides
 * @id: stable name for scripts, such as `crc-damaged`
 * @text: one translated sentence
 */
typedef struct {
  UbSeverity severity;
  const char *id;
  char *text;
} UbFinding;

GArray *ub_findings_new (void);
void ub_findings_add_valist (GArray *findings,
                             UbSeverity severity,
                             const char *id,
                             const char *format,
                             va_list args) G_GNUC_PRINTF (4, 0);
const UbFinding *ub_findings_get (GArray *findings, guint index);
const UbFinding *ub_findings_find (GArray *findings, const char *id);

G_END_DECLS
