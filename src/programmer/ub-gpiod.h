/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gpiod.h>

/*
 * ub-reset-line is written to the API of libgpiod 2. Where only libgpiod 1.6 is installed (Debian 12),
 * the calls it uses are made here from that library's; a call that ub-reset-line does not use is not
 * here. The way of doing it is OpenOCD's (openocd-org/openocd:src/jtag/drivers/linuxgpiod.c).
 */
#ifndef HAVE_GPIOD_V2

#include <errno.h>
#include <glib.h>

enum gpiod_line_drive {
  GPIOD_LINE_DRIVE_PUSH_PULL = 1,
  GPIOD_LINE_DRIVE_OPEN_DRAIN,
};

enum gpiod_line_value {
  GPIOD_LINE_VALUE_INACTIVE = 0,
  GPIOD_LINE_VALUE_ACTIVE = 1,
};

/* The library's own chip answers what the description of a chip does in version 2. */
struct gpiod_chip_info {
  struct gpiod_chip *chip;
};

struct gpiod_line_info {
  struct gpiod_line *line;
};

struct gpiod_line_settings {
  int direction;
  enum gpiod_line_drive drive;
  enum gpiod_line_value value;
};

struct gpiod_line_config {
  unsigned int offset;
  struct gpiod_line_settings settings;
};

struct gpiod_request_config {
  char *consumer;
};

struct gpiod_line_request {
  struct gpiod_line *line;
};

static inline struct gpiod_chip_info *
gpiod_chip_get_info (struct gpiod_chip *chip)
{
  struct gpiod_chip_info *info = g_new0 (struct gpiod_chip_info, 1);

  info->chip = chip;
  return info;
}

static inline void
gpiod_chip_info_free (struct gpiod_chip_info *info)
{
  g_free (info);
}

static inline const char *
gpiod_chip_info_get_label (struct gpiod_chip_info *info)
{
  return gpiod_chip_label (info->chip);
}

static inline size_t
gpiod_chip_info_get_num_lines (struct gpiod_chip_info *info)
{
  return gpiod_chip_num_lines (info->chip);
}

static inline struct gpiod_line_info *
gpiod_chip_get_line_info (struct gpiod_chip *chip, unsigned int offset)
{
  struct gpiod_line *line = gpiod_chip_get_line (chip, offset);
  struct gpiod_line_info *info;

  if (line == NULL)
    return NULL;

  info = g_new0 (struct gpiod_line_info, 1);
  info->line = line;
  return info;
}

static inline void
gpiod_line_info_free (struct gpiod_line_info *info)
{
  g_free (info);
}

static inline const char *
gpiod_line_info_get_name (struct gpiod_line_info *info)
{
  return gpiod_line_name (info->line);
}

static inline const char *
gpiod_line_info_get_consumer (struct gpiod_line_info *info)
{
  return gpiod_line_consumer (info->line);
}

static inline struct gpiod_line_settings *
gpiod_line_settings_new (void)
{
  struct gpiod_line_settings *settings = g_new0 (struct gpiod_line_settings, 1);

  settings->direction = GPIOD_LINE_DIRECTION_INPUT;
  settings->drive = GPIOD_LINE_DRIVE_PUSH_PULL;
  return settings;
}

static inline void
gpiod_line_settings_free (struct gpiod_line_settings *settings)
{
  g_free (settings);
}

static inline int
gpiod_line_settings_set_direction (struct gpiod_line_settings *settings, int direction)
{
  settings->direction = direction;
  return 0;
}

static inline int
gpiod_line_settings_set_drive (struct gpiod_line_settings *settings, enum gpiod_line_drive drive)
{
  settings->drive = drive;
  return 0;
}

static inline int
gpiod_line_settings_set_output_value (struct gpiod_line_settings *settings,
                                      enum gpiod_line_value value)
{
  settings->value = value;
  return 0;
}

static inline struct gpiod_line_config *
gpiod_line_config_new (void)
{
  return g_new0 (struct gpiod_line_config, 1);
}

static inline void
gpiod_line_config_free (struct gpiod_line_config *config)
{
  g_free (config);
}

/* One line is all that is ever asked for. */
static inline int
gpiod_line_config_add_line_settings (struct gpiod_line_config *config,
                                     const unsigned int *offsets,
                                     size_t n_offsets,
                                     struct gpiod_line_settings *settings)
{
  g_return_val_if_fail (n_offsets == 1, -1);

  config->offset = offsets[0];
  config->settings = *settings;
  return 0;
}

static inline struct gpiod_request_config *
gpiod_request_config_new (void)
{
  return g_new0 (struct gpiod_request_config, 1);
}

static inline void
gpiod_request_config_free (struct gpiod_request_config *config)
{
  g_free (config->consumer);
  g_free (config);
}

static inline void
gpiod_request_config_set_consumer (struct gpiod_request_config *config, const char *consumer)
{
  config->consumer = g_strdup (consumer);
}

static inline int
ub_gpiod_get_v1_flags (const struct gpiod_line_settings *settings)
{
  return settings->drive == GPIOD_LINE_DRIVE_OPEN_DRAIN ? GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN : 0;
}

static inline struct gpiod_line_request *
gpiod_chip_request_lines (struct gpiod_chip *chip,
                          struct gpiod_request_config *request_config,
                          struct gpiod_line_config *config)
{
  struct gpiod_line_request_config v1_config = {
    .consumer = request_config->consumer,
    .request_type = config->settings.direction == GPIOD_LINE_DIRECTION_OUTPUT
                        ? GPIOD_LINE_REQUEST_DIRECTION_OUTPUT
                        : GPIOD_LINE_REQUEST_DIRECTION_INPUT,
    .flags = ub_gpiod_get_v1_flags (&config->settings),
  };
  struct gpiod_line *line = gpiod_chip_get_line (chip, config->offset);
  struct gpiod_line_request *request;

  if (line == NULL || gpiod_line_request (line, &v1_config, config->settings.value) < 0)
    return NULL;

  request = g_new0 (struct gpiod_line_request, 1);
  request->line = line;
  return request;
}

static inline int
gpiod_line_request_set_value (struct gpiod_line_request *request,
                              unsigned int offset,
                              enum gpiod_line_value value)
{
  return gpiod_line_set_value (request->line, value);
}

static inline int
gpiod_line_request_reconfigure_lines (struct gpiod_line_request *request,
                                      struct gpiod_line_config *config)
{
  return gpiod_line_set_config (request->line,
                                config->settings.direction == GPIOD_LINE_DIRECTION_OUTPUT
                                    ? GPIOD_LINE_REQUEST_DIRECTION_OUTPUT
                                    : GPIOD_LINE_REQUEST_DIRECTION_INPUT,
                                ub_gpiod_get_v1_flags (&config->settings), config->settings.value);
}

static inline void
gpiod_line_request_release (struct gpiod_line_request *request)
{
  gpiod_line_release (request->line);
  g_free (request);
}

#endif
