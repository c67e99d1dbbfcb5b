/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-reset-line"

#include "config.h"

#include "ub-reset-line.h"

#include "ub-error.h"
#include "ub-gpiod.h"
#include "ub-reset-guard.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

#define CONSUMER "unbrick"
#define NO_OFFSET (-1)

typedef struct gpiod_chip GpiodChip;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpiodChip, gpiod_chip_close)
typedef struct gpiod_chip_info GpiodChipInfo;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpiodChipInfo, gpiod_chip_info_free)
typedef struct gpiod_line_info GpiodLineInfo;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpiodLineInfo, gpiod_line_info_free)
typedef struct gpiod_line_settings GpiodLineSettings;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpiodLineSettings, gpiod_line_settings_free)
typedef struct gpiod_line_config GpiodLineConfig;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpiodLineConfig, gpiod_line_config_free)
typedef struct gpiod_request_config GpiodRequestConfig;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpiodRequestConfig, gpiod_request_config_free)

/**
 * UbResetLine:
 *
 * The GPIO line on the module's CEN pad: low holds the module in reset. It is asked for released,
 * held as long as this exists, and left released and as an input.
 */
struct _UbResetLine {
  GpiodChip *chip;
  struct gpiod_line_request *request;
  guint offset;
  gboolean asserted;
  char *text;
};

/* A chip that is being looked at. */
typedef struct {
  GpiodChip *chip;
  char *name; /* gpiochip0 */
  char *path;
  char *label; /* may be empty */
  guint n_lines;
} Candidate;

/* What was met on the way through the chips. */
typedef struct {
  GPtrArray *candidates; /* of Candidate */
  char *refused; /* (nullable): path of one that may not be opened */
} Survey;

static void
candidate_free (Candidate *candidate)
{
  g_clear_pointer (&candidate->chip, gpiod_chip_close);
  g_free (candidate->name);
  g_free (candidate->path);
  g_free (candidate->label);
  g_free (candidate);
}

static void
survey_clear (Survey *survey)
{
  g_clear_pointer (&survey->candidates, g_ptr_array_unref);
  g_clear_pointer (&survey->refused, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Survey, survey_clear)

static void
set_error_from_errno (GError **error, int number, const char *text)
{
  switch (number) {
  case EACCES:
  case EPERM:
    g_set_error (error, UB_ERROR, UB_ERROR_PERMISSION, _ ("You may not open %s"), text);
    break;
  case ENOENT:
    g_set_error (error, UB_ERROR, UB_ERROR_NO_RESET_LINE, _ ("There is no %s"), text);
    break;
  case EBUSY:
    g_set_error (error, UB_ERROR, UB_ERROR_RESET_LINE_BUSY,
                 _ ("The CEN line %s is used by something else"), text);
    break;
  case ENODEV:
  case ENXIO:
  case ESHUTDOWN:
    g_set_error (error, UB_ERROR, UB_ERROR_UNPLUGGED, _ ("The CEN line %s went away"), text);
    break;
  case ETIMEDOUT:
    g_set_error (error, UB_ERROR, UB_ERROR_TIMEOUT, _ ("The CEN line %s did not answer in time"),
                 text);
    break;
  default:
    g_set_error (error, UB_ERROR, UB_ERROR_TRANSFER, _ ("The CEN line %s cannot be driven: %s"),
                 text, g_strerror (number));
    break;
  }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const char *name_a = *(const char *const *) a;
  const char *name_b = *(const char *const *) b;
  gsize length_a = strlen (name_a), length_b = strlen (name_b);

  /* gpiochip10 comes after gpiochip2. */
  return length_a != length_b ? (length_a < length_b ? -1 : 1) : strcmp (name_a, name_b);
}

static GPtrArray *
dup_chip_names (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open ("/dev", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename ("/dev", name, NULL);

    /* Raspberry Pi OS links an old number to a new one: one chip must not be met twice. */
    if (g_str_has_prefix (name, "gpiochip") && g_ascii_isdigit (name[strlen ("gpiochip")]) &&
        !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static Candidate *
candidate_open (const char *path)
{
  g_autoptr (GpiodChip) chip = gpiod_chip_open (path);
  g_autoptr (GpiodChipInfo) info = NULL;
  Candidate *candidate;

  if (chip == NULL)
    return NULL;
  info = gpiod_chip_get_info (chip);
  if (info == NULL)
    return NULL;

  candidate = g_new0 (Candidate, 1);
  candidate->name = g_path_get_basename (path);
  candidate->path = g_strdup (path);
  candidate->label = g_strdup (gpiod_chip_info_get_label (info));
  candidate->n_lines = gpiod_chip_info_get_num_lines (info);
  candidate->chip = g_steal_pointer (&chip);
  return candidate;
}

static gboolean
candidate_matches (const Candidate *candidate, const char *wanted)
{
  return wanted == NULL || g_strcmp0 (wanted, candidate->path) == 0 ||
         g_strcmp0 (wanted, candidate->name) == 0 || g_strcmp0 (wanted, candidate->label) == 0 ||
         g_strcmp0 (wanted, candidate->name + strlen ("gpiochip")) == 0;
}

static void
survey_add (Survey *survey, const char *path, const char *wanted)
{
  Candidate *candidate = candidate_open (path);
  int number = errno;

  if (candidate != NULL && candidate_matches (candidate, wanted)) {
    g_ptr_array_add (survey->candidates, candidate);
    return;
  }
  if (candidate != NULL) {
    candidate_free (candidate);
    return;
  }

  g_debug ("%s cannot be opened: %s", path, g_strerror (number));
  if ((number == EACCES || number == EPERM) && survey->refused == NULL)
    survey->refused = g_strdup (path);
}

/* libgpiod 1.6 refuses links, which Raspberry Pi OS and persons make. */
static char *
dup_link_target (const char *path)
{
  g_autofree char *target = NULL;
  g_autofree char *dir = g_path_get_dirname (path);

  if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    target = g_file_read_link (path, NULL);
  return target != NULL ? g_canonicalize_filename (target, dir) : g_strdup (path);
}

static void
survey_take (Survey *survey, const char *wanted)
{
  survey->candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) candidate_free);
  if (wanted != NULL && g_path_is_absolute (wanted)) {
    g_autofree char *path = dup_link_target (wanted);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      survey_add (survey, path, NULL);
    return;
  }

  g_autoptr (GPtrArray) names = dup_chip_names ();

  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename ("/dev", g_ptr_array_index (names, i), NULL);

    survey_add (survey, path, wanted);
  }
}

static int
candidate_find_name (const Candidate *candidate, const char *line)
{
  for (guint i = 0; i < candidate->n_lines; i++) {
    g_autoptr (GpiodLineInfo) info = gpiod_chip_get_line_info (candidate->chip, i);

    if (info != NULL && g_strcmp0 (gpiod_line_info_get_name (info), line) == 0)
      return (int) i;
  }
  return NO_OFFSET;
}

/* Older kernels do not name the lines of a Raspberry Pi; there, the line GPIOn of the header is line n
 * of the chip with one of these labels (raspberrypi/linux#2760, drivers/pinctrl/bcm/pinctrl-bcm2835.c,
 * drivers/pinctrl/pinctrl-rp1.c). */
static gboolean
is_raspberry_pi_label (const char *label)
{
  static const char *const labels[] = { "pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835", NULL };

  return label != NULL && g_strv_contains (labels, label);
}

/* “PB21” of an Allwinner SoC is line 1 · 32 + 21 of its main pin controller, whose label is its address
 * and “.pinctrl” (linux-sunxi.org/GPIO; drivers/pinctrl/sunxi/pinctrl-sunxi.h, PINS_PER_BANK). Banks L
 * and M are on a controller of their own. */
static gboolean
parse_allwinner_name (const char *line, guint *out_offset)
{
  guint64 pin;

  if (line[0] != 'P' || line[1] < 'A' || line[1] > 'K' ||
      !g_ascii_string_to_unsigned (line + 2, 10, 0, 31, &pin, NULL))
    return FALSE;
  *out_offset = (guint) (line[1] - 'A') * 32 + (guint) pin;
  return TRUE;
}

static int
candidate_guess_offset (const Candidate *candidate, const char *line)
{
  guint64 number;
  guint offset;

  if (g_str_has_prefix (line, "GPIO") && is_raspberry_pi_label (candidate->label) &&
      g_ascii_string_to_unsigned (line + strlen ("GPIO"), 10, 0, candidate->n_lines - 1, &number,
                                  NULL))
    return (int) number;
  if (parse_allwinner_name (line, &offset) && offset < candidate->n_lines &&
      candidate->label != NULL && g_str_has_suffix (candidate->label, ".pinctrl"))
    return (int) offset;
  return NO_OFFSET;
}

/* “22” alone is unmistakable where there is but one chip, or the one of a Raspberry Pi's header. */
static int
candidate_take_number (const Candidate *candidate, const Survey *survey, const char *line)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (line, 10, 0, G_MAXINT, &number, NULL) ||
      number >= candidate->n_lines)
    return NO_OFFSET;
  if (survey->candidates->len == 1 || is_raspberry_pi_label (candidate->label))
    return (int) number;
  return NO_OFFSET;
}

static Candidate *
survey_find_line (const Survey *survey, const char *line, guint *out_offset)
{
  for (guint pass = 0; pass < 3; pass++) {
    for (guint i = 0; i < survey->candidates->len; i++) {
      Candidate *candidate = g_ptr_array_index (survey->candidates, i);
      int offset = pass == 0   ? candidate_find_name (candidate, line)
                   : pass == 1 ? candidate_take_number (candidate, survey, line)
                               : candidate_guess_offset (candidate, line);

      if (offset != NO_OFFSET) {
        *out_offset = (guint) offset;
        return candidate;
      }
    }
  }
  return NULL;
}

static void
set_not_found_error (const Survey *survey, const UbResetLinePlace *place, GError **error)
{
  g_autoptr (GString) chips = g_string_new (NULL);

  for (guint i = 0; i < survey->candidates->len; i++) {
    const Candidate *candidate = g_ptr_array_index (survey->candidates, i);

    g_string_append_printf (chips, "%s%s (%s)", i > 0 ? ", " : "", candidate->name,
                            candidate->label != NULL ? candidate->label : "");
  }

  if (survey->refused != NULL)
    set_error_from_errno (error, EACCES, survey->refused);
  else if (chips->len > 0)
    g_set_error (error, UB_ERROR, UB_ERROR_NO_RESET_LINE,
                 _ ("There is no GPIO line “%s” for CEN on %s"), place->line, chips->str);
  else if (place->chip != NULL)
    g_set_error (error, UB_ERROR, UB_ERROR_NO_RESET_LINE, _ ("There is no GPIO chip “%s”"),
                 place->chip);
  else
    g_set_error (error, UB_ERROR, UB_ERROR_NO_RESET_LINE,
                 _ ("This computer has no GPIO line for CEN: there is no /dev/gpiochip0"));
}

static Candidate *
find_candidate (Survey *survey, const UbResetLinePlace *place, guint *out_offset, GError **error)
{
  Candidate *candidate;

  survey_take (survey, place->chip);
  candidate = survey_find_line (survey, place->line, out_offset);
  if (candidate == NULL)
    set_not_found_error (survey, place, error);
  return candidate;
}

static char *
dup_line_text (const Candidate *candidate, const UbResetLinePlace *place, guint offset)
{
  if (g_ascii_isdigit (*place->line))
    return g_strdup_printf (_ ("%s line %u"), candidate->name, offset);
  return g_strdup_printf (_ ("%s (%s line %u)"), place->line, candidate->name, offset);
}

/**
 * ub_reset_line_find:
 * @place: where CEN is connected
 * @out_text: (out) (optional): what a person calls the line, such as “GPIO22 (gpiochip0 line 22)”
 * @error: return location for an error
 *
 * Looks for a line without taking it. A line is found by its name; by its number when @place names the
 * chip, when there is but one, or on a Raspberry Pi; and where the kernel does not name the lines, by
 * what is known of a Raspberry Pi's and of Allwinner's pin controllers.
 *
 * Returns: %FALSE with %UB_ERROR_NO_RESET_LINE, or %UB_ERROR_PERMISSION when it may be on a chip that
 *   may not be opened
 */
gboolean
ub_reset_line_find (const UbResetLinePlace *place, char **out_text, GError **error)
{
  g_auto (Survey) survey = { NULL };
  Candidate *candidate;
  guint offset;

  g_return_val_if_fail (place != NULL && place->line != NULL, FALSE);

  candidate = find_candidate (&survey, place, &offset, error);
  if (candidate == NULL)
    return FALSE;
  if (out_text != NULL)
    *out_text = dup_line_text (candidate, place, offset);
  return TRUE;
}

static GpiodLineConfig *
new_output_config (guint offset, UbResetLineDrive drive)
{
  g_autoptr (GpiodLineSettings) settings = gpiod_line_settings_new ();
  g_autoptr (GpiodLineConfig) config = gpiod_line_config_new ();

  if (settings == NULL || config == NULL)
    return NULL;
  gpiod_line_settings_set_direction (settings, GPIOD_LINE_DIRECTION_OUTPUT);
  gpiod_line_settings_set_output_value (settings, GPIOD_LINE_VALUE_ACTIVE);
  gpiod_line_settings_set_drive (settings, drive == UB_RESET_LINE_OPEN_DRAIN
                                               ? GPIOD_LINE_DRIVE_OPEN_DRAIN
                                               : GPIOD_LINE_DRIVE_PUSH_PULL);
  if (gpiod_line_config_add_line_settings (config, &offset, 1, settings) < 0)
    return NULL;
  return g_steal_pointer (&config);
}

static void
set_request_error (UbResetLine *self, int number, GError **error)
{
  g_autoptr (GpiodLineInfo) info = NULL;

  if (number == EBUSY)
    info = gpiod_chip_get_line_info (self->chip, self->offset);
  if (info != NULL && gpiod_line_info_get_consumer (info) != NULL &&
      *gpiod_line_info_get_consumer (info) != '\0')
    g_set_error (error, UB_ERROR, UB_ERROR_RESET_LINE_BUSY, _ ("The CEN line %s is used by “%s”"),
                 self->text, gpiod_line_info_get_consumer (info));
  else
    set_error_from_errno (error, number, self->text);
}

/**
 * ub_reset_line_open:
 * @place: where CEN is connected
 * @drive: how to drive it
 * @error: return location for an error
 *
 * Takes a line, released, for as long as what this returns exists.
 *
 * Returns: (transfer full): the line, to be freed with ub_reset_line_close(); or %NULL with the errors
 *   of ub_reset_line_find() or %UB_ERROR_RESET_LINE_BUSY
 */
UbResetLine *
ub_reset_line_open (const UbResetLinePlace *place, UbResetLineDrive drive, GError **error)
{
  g_auto (Survey) survey = { NULL };
  g_autoptr (UbResetLine) self = NULL;
  g_autoptr (GpiodLineConfig) line_config = NULL;
  g_autoptr (GpiodRequestConfig) request_config = NULL;
  Candidate *candidate;
  guint offset;

  g_return_val_if_fail (place != NULL && place->line != NULL, NULL);

  candidate = find_candidate (&survey, place, &offset, error);
  if (candidate == NULL)
    return NULL;

  self = g_new0 (UbResetLine, 1);
  self->offset = offset;
  self->text = dup_line_text (candidate, place, offset);
  self->chip = g_steal_pointer (&candidate->chip);

  line_config = new_output_config (offset, drive);
  request_config = gpiod_request_config_new ();
  if (line_config != NULL && request_config != NULL) {
    gpiod_request_config_set_consumer (request_config, CONSUMER);
    self->request = gpiod_chip_request_lines (self->chip, request_config, line_config);
  }
  if (self->request == NULL) {
    set_request_error (self, errno, error);
    return NULL;
  }
  g_debug ("CEN is %s", self->text);
  return g_steal_pointer (&self);
}

/* Also called from a signal handler: both versions of the library do nothing here but fill a structure
 * on the stack and make one ioctl. */
static void
release_from_signal (gpointer data)
{
  UbResetLine *self = data;

  gpiod_line_request_set_value (self->request, self->offset, GPIOD_LINE_VALUE_ACTIVE);
}

static void
turn_into_input (UbResetLine *self)
{
  g_autoptr (GpiodLineSettings) settings = gpiod_line_settings_new ();
  g_autoptr (GpiodLineConfig) config = gpiod_line_config_new ();

  if (settings == NULL || config == NULL)
    return;
  gpiod_line_settings_set_direction (settings, GPIOD_LINE_DIRECTION_INPUT);
  /* Kernels before 5.5 cannot change a line that is held; an open-drain line that is released is as
   * good as an input. */
  if (gpiod_line_config_add_line_settings (config, &self->offset, 1, settings) < 0 ||
      gpiod_line_request_reconfigure_lines (self->request, config) < 0)
    g_debug ("%s cannot be turned into an input: %s", self->text, g_strerror (errno));
}

/**
 * ub_reset_line_close:
 * @self: (transfer full): a line
 *
 * Releases CEN, turns the line into an input and gives it back. What a pin does that nobody holds
 * differs by SoC, so it is put into the state that is wanted first.
 */
void
ub_reset_line_close (UbResetLine *self)
{
  g_return_if_fail (self != NULL);

  if (self->request != NULL) {
    gpiod_line_request_set_value (self->request, self->offset, GPIOD_LINE_VALUE_ACTIVE);
    ub_reset_guard_disarm (release_from_signal, self);
    turn_into_input (self);
    gpiod_line_request_release (self->request);
  }
  g_clear_pointer (&self->chip, gpiod_chip_close);
  g_free (self->text);
  g_free (self);
}

/**
 * ub_reset_line_set:
 * @self: a line
 * @asserted: %TRUE pulls CEN low, %FALSE releases it
 * @error: return location for an error
 *
 * Returns: whether the line has changed
 */
gboolean
ub_reset_line_set (UbResetLine *self, gboolean asserted, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (asserted && !self->asserted)
    ub_reset_guard_arm (release_from_signal, self);
  self->asserted |= asserted;
  if (gpiod_line_request_set_value (self->request, self->offset,
                                    asserted ? GPIOD_LINE_VALUE_INACTIVE
                                             : GPIOD_LINE_VALUE_ACTIVE) < 0) {
    set_error_from_errno (error, errno, self->text);
    return FALSE;
  }
  if (!asserted)
    ub_reset_guard_disarm (release_from_signal, self);
  self->asserted = asserted;
  return TRUE;
}

/**
 * ub_reset_line_get_text:
 * @self: a line
 *
 * Returns: (transfer none): what a person calls it, such as “GPIO22 (gpiochip0 line 22)”
 */
const char *
ub_reset_line_get_text (UbResetLine *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}
