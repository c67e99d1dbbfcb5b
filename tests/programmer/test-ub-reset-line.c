/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-emulated-gpiochip.h"
#include "ub-error.h"
#include "ub-reset-line.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The same test program, which holds CEN low until a signal kills it. */
#define HOLD_ARGUMENT "--hold"
#define HOLDING "holding\n"

typedef struct {
  const char *name;
  UbEmulatedGpiochipTraits chips[2];
  UbResetLinePlace place;
  int code; /* UbError, -1 for success */
} Case;

#define RASPBERRY_PI                       \
  {                                        \
    "pinctrl-bcm2711", 58, TRUE, 22, FALSE \
  }
#define OLD_RASPBERRY_PI                    \
  {                                         \
    "pinctrl-bcm2835", 54, FALSE, 22, FALSE \
  }
#define BANANA_PI                           \
  {                                         \
    "1c20800.pinctrl", 64, FALSE, 53, FALSE \
  }
#define OTHER                            \
  {                                      \
    "gpio-expander", 8, FALSE, -1, FALSE \
  }
#define FOUND -1

static const Case cases[] = {
  { "name", { RASPBERRY_PI }, { "GPIO22", NULL }, FOUND },
  { "name on another chip", { OTHER, RASPBERRY_PI }, { "GPIO22", NULL }, FOUND },
  { "name on the chip of a path", { RASPBERRY_PI }, { "GPIO22", "/dev/gpiochip0" }, FOUND },
  { "number on the chip of a path", { RASPBERRY_PI }, { "22", "/dev/gpiochip0" }, FOUND },
  { "number on the chip of a name", { OTHER, RASPBERRY_PI }, { "22", "gpiochip1" }, FOUND },
  { "number on the chip of a number", { OTHER, RASPBERRY_PI }, { "22", "1" }, FOUND },
  { "number on the chip of a label", { OTHER, RASPBERRY_PI }, { "22", "pinctrl-bcm2711" }, FOUND },
  { "number on the only chip", { BANANA_PI }, { "53", NULL }, FOUND },
  { "number on a Raspberry Pi", { OTHER, OLD_RASPBERRY_PI }, { "22", NULL }, FOUND },
  { "number on one of two", { OTHER, BANANA_PI }, { "53", NULL }, UB_ERROR_NO_RESET_LINE },
  { "number too large", { RASPBERRY_PI }, { "58", "gpiochip0" }, UB_ERROR_NO_RESET_LINE },
  { "unnamed lines of a Raspberry Pi", { OLD_RASPBERRY_PI }, { "GPIO22", NULL }, FOUND },
  { "Allwinner bank", { BANANA_PI }, { "PB21", NULL }, FOUND },
  { "Allwinner bank on another SoC", { RASPBERRY_PI }, { "PB21", NULL }, UB_ERROR_NO_RESET_LINE },
  { "no such bank", { BANANA_PI }, { "PZ21", NULL }, UB_ERROR_NO_RESET_LINE },
  { "no such pin", { BANANA_PI }, { "PB32", NULL }, UB_ERROR_NO_RESET_LINE },
  { "no such name", { RASPBERRY_PI }, { "CEN", NULL }, UB_ERROR_NO_RESET_LINE },
  { "unnamed lines of another board", { OTHER }, { "GPIO2", NULL }, UB_ERROR_NO_RESET_LINE },
  { "no such chip", { RASPBERRY_PI }, { "GPIO22", "gpiochip7" }, UB_ERROR_NO_RESET_LINE },
  { "no such path", { RASPBERRY_PI }, { "GPIO22", "/dev/gpiochip7" }, UB_ERROR_NO_RESET_LINE },
  { "no chip", { { NULL } }, { "GPIO22", NULL }, UB_ERROR_NO_RESET_LINE },
};

typedef struct {
  UbSimChip *chip;
  UbEmulation *emulation;
  UbEmulatedGpiochip *gpiochips[2];
} Board;

static void
board_set_up (Board *board, const UbEmulatedGpiochipTraits *chips)
{
  board->chip = ub_sim_chip_new (ub_flash_part_lookup (0x1C7015), NULL);
  board->emulation = ub_emulation_new (board->chip);
  for (guint i = 0; i < 2 && chips[i].label != NULL; i++) {
    g_autofree char *name = g_strdup_printf ("gpiochip%u", i);

    board->gpiochips[i] = ub_emulated_gpiochip_add (board->emulation, name, &chips[i]);
  }
}

static void
board_clear (Board *board)
{
  ub_emulation_free (board->emulation);
  g_clear_object (&board->gpiochips[0]);
  g_clear_object (&board->gpiochips[1]);
  g_object_unref (board->chip);
}

static void
test_find (gconstpointer data)
{
  const Case *test = data;
  Board board = { NULL };
  g_autoptr (UbResetLine) line = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean found;

  board_set_up (&board, test->chips);
  found = ub_reset_line_find (&test->place, &text, &error);
  if (test->code == FOUND) {
    g_assert_no_error (error);
    g_assert_true (found);
    g_assert_nonnull (text);
    line = ub_reset_line_open (&test->place, UB_RESET_LINE_OPEN_DRAIN, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (ub_reset_line_get_text (line), ==, text);
  } else {
    g_assert_error (error, UB_ERROR, test->code);
    g_assert_null (text);
    g_clear_error (&error);
    g_assert_null (ub_reset_line_open (&test->place, UB_RESET_LINE_OPEN_DRAIN, &error));
    g_assert_error (error, UB_ERROR, test->code);
  }
  g_clear_pointer (&line, ub_reset_line_close);
  board_clear (&board);
}

static void
test_drive (gconstpointer data)
{
  UbResetLineDrive drive = GPOINTER_TO_UINT (data);
  UbEmulatedGpiochipTraits chips[2] = { RASPBERRY_PI };
  UbResetLinePlace place = { "GPIO22", NULL };
  g_autoptr (UbResetLine) line = NULL;
  g_autoptr (GError) error = NULL;
  UbEmulatedModule *module;
  Board board = { NULL };

  board_set_up (&board, chips);
  module = ub_emulation_get_module (board.emulation);
  line = ub_reset_line_open (&place, drive, &error);
  g_assert_no_error (error);
  g_assert_true (ub_emulated_gpiochip_is_held (board.gpiochips[0]));
  g_assert_true (ub_emulated_gpiochip_is_open_drain (board.gpiochips[0]) ==
                 (drive == UB_RESET_LINE_OPEN_DRAIN));
  g_assert_false (ub_emulated_module_is_cen_low (module));

  g_assert_true (ub_reset_line_set (line, TRUE, &error));
  g_assert_true (ub_emulated_module_is_cen_low (module));
  g_assert_true (ub_reset_line_set (line, TRUE, &error));
  g_assert_true (ub_reset_line_set (line, FALSE, &error));
  g_assert_false (ub_emulated_module_is_cen_low (module));

  /* Closed in the middle of a reset, it must not stay low. */
  g_assert_true (ub_reset_line_set (line, TRUE, &error));
  g_clear_pointer (&line, ub_reset_line_close);
  g_assert_false (ub_emulated_module_is_cen_low (module));
  g_assert_true (ub_emulated_gpiochip_was_input (board.gpiochips[0]));
  board_clear (&board);
}

static void
test_busy (void)
{
  UbEmulatedGpiochipTraits chips[2] = { RASPBERRY_PI };
  UbResetLinePlace place = { "GPIO22", NULL };
  g_autoptr (UbResetLine) line = NULL;
  g_autoptr (GError) error = NULL;
  Board board = { NULL };

  board_set_up (&board, chips);
  ub_emulated_gpiochip_set_consumer (board.gpiochips[0], "fan-control");
  line = ub_reset_line_open (&place, UB_RESET_LINE_OPEN_DRAIN, &error);
  g_assert_null (line);
  g_assert_error (error, UB_ERROR, UB_ERROR_RESET_LINE_BUSY);
  g_assert_nonnull (strstr (error->message, "fan-control"));

  /* It was stopped: no restart is needed. */
  g_clear_error (&error);
  ub_emulated_gpiochip_set_consumer (board.gpiochips[0], NULL);
  line = ub_reset_line_open (&place, UB_RESET_LINE_OPEN_DRAIN, &error);
  g_assert_no_error (error);
  g_clear_pointer (&line, ub_reset_line_close);
  board_clear (&board);
}

static void
test_permission (void)
{
  UbEmulatedGpiochipTraits chips[2] = { RASPBERRY_PI };
  const UbResetLinePlace places[] = { { "GPIO22", NULL },
                                      { "22", "/dev/gpiochip0" },
                                      { "22", "pinctrl-bcm2711" } };
  Board board = { NULL };

  board_set_up (&board, chips);
  ub_emulation_set_open_error (board.emulation, "/dev/gpiochip0", EACCES);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ub_reset_line_open (&places[i], UB_RESET_LINE_OPEN_DRAIN, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_PERMISSION);
    g_assert_nonnull (strstr (error->message, "/dev/gpiochip0"));
  }
  board_clear (&board);
}

/* Whatever kills the program in the middle of a reset, and whatever the SoC does with a line that nobody
 * holds: the module must not stay in reset. */
static void
test_signal (gconstpointer data)
{
  int number = GPOINTER_TO_INT (data);
  UbEmulatedGpiochipTraits chips[2] = { RASPBERRY_PI };
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  char text[sizeof HOLDING] = "";
  Board board = { NULL };
  gsize n;

  chips[0].keeps_driving = TRUE;
  board_set_up (&board, chips);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self, HOLD_ARGUMENT, NULL);
  g_assert_no_error (error);
  g_input_stream_read_all (g_subprocess_get_stdout_pipe (child), text, strlen (HOLDING), &n, NULL,
                           &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, HOLDING);
  g_assert_true (ub_emulated_module_is_cen_low (ub_emulation_get_module (board.emulation)));

  g_subprocess_send_signal (child, number);
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, number);
  g_assert_false (ub_emulated_module_is_cen_low (ub_emulation_get_module (board.emulation)));
  board_clear (&board);
}

static void
ignore_signal (int number)
{
}

/* Whoever handles a signal himself keeps it, and what was there before is there afterwards. */
static void
test_handlers (void)
{
  UbEmulatedGpiochipTraits chips[2] = { RASPBERRY_PI };
  UbResetLinePlace place = { "GPIO22", NULL };
  struct sigaction own = { .sa_handler = ignore_signal }, now;
  g_autoptr (UbResetLine) line = NULL;
  g_autoptr (GError) error = NULL;
  Board board = { NULL };

  board_set_up (&board, chips);
  sigaction (SIGINT, &own, NULL);
  line = ub_reset_line_open (&place, UB_RESET_LINE_OPEN_DRAIN, &error);
  g_assert_no_error (error);
  sigaction (SIGTERM, NULL, &now);
  g_assert_true (now.sa_handler == SIG_DFL);

  g_assert_true (ub_reset_line_set (line, TRUE, &error));
  sigaction (SIGTERM, NULL, &now);
  g_assert_true (now.sa_handler != SIG_DFL);
  sigaction (SIGINT, NULL, &now);
  g_assert_true (now.sa_handler == ignore_signal);

  g_assert_true (ub_reset_line_set (line, FALSE, &error));
  sigaction (SIGTERM, NULL, &now);
  g_assert_true (now.sa_handler == SIG_DFL);
  sigaction (SIGINT, NULL, &now);
  g_assert_true (now.sa_handler == ignore_signal);
  signal (SIGINT, SIG_DFL);
  g_clear_pointer (&line, ub_reset_line_close);
  board_clear (&board);
}

static int
hold (void)
{
  UbResetLinePlace place = { "GPIO22", NULL };
  g_autoptr (GError) error = NULL;
  UbResetLine *line = ub_reset_line_open (&place, UB_RESET_LINE_OPEN_DRAIN, &error);

  g_assert_no_error (error);
  g_assert_true (ub_reset_line_set (line, TRUE, &error));
  if (write (STDOUT_FILENO, HOLDING, strlen (HOLDING)) < 0)
    return 1;
  for (;;)
    pause ();
}

int
main (int argc, char **argv)
{
  static const int deadly[] = { SIGTERM, SIGINT, SIGHUP };

  if (!ub_emulation_is_possible ())
    return 77;
  if (argc == 2 && g_strcmp0 (argv[1], HOLD_ARGUMENT) == 0)
    return hold ();
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/reset-line/find/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_find);
  }
  g_test_add_data_func ("/reset-line/drive/open-drain", GUINT_TO_POINTER (UB_RESET_LINE_OPEN_DRAIN),
                        test_drive);
  g_test_add_data_func ("/reset-line/drive/push-pull", GUINT_TO_POINTER (UB_RESET_LINE_PUSH_PULL),
                        test_drive);
  g_test_add_func ("/reset-line/busy", test_busy);
  g_test_add_func ("/reset-line/permission", test_permission);
  for (guint i = 0; i < G_N_ELEMENTS (deadly); i++) {
    g_autofree char *path = g_strdup_printf ("/reset-line/signal/%s", strsignal (deadly[i]));

    g_test_add_data_func (path, GINT_TO_POINTER (deadly[i]), test_signal);
  }
  g_test_add_func ("/reset-line/handlers", test_handlers);

  return g_test_run ();
}
