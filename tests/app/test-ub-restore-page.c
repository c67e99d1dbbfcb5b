/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app-steps.h"

#include "ub-error.h"
#include "ub-settings.h"

/* From a file to a restored module, in the window: what fits, what is refused, and what is kept. */

#define APP_START 0x11000
#define APP_END 0x129F70

static UbFileRow *
get_row (UbAppFixture *fixture, UbImageSlot slot)
{
  return ub_restore_page_get_row (fixture->window->restore_page, slot);
}

static GtkWidget *
find_row (UbAppFixture *fixture, const char *title)
{
  GtkWidget *label =
      ub_app_wait_to_find (GTK_WIDGET (fixture->window->restore_page), GTK_TYPE_LABEL, title);

  return gtk_widget_get_ancestor (label, GTK_TYPE_LIST_BOX_ROW);
}

static void
activate_row (UbAppFixture *fixture, const char *title)
{
  gtk_widget_activate (find_row (fixture, title));
}

/* A switch that is activated is on only when its knob has come to the other side. */
static gboolean
is_storage_kept (UbAppFixture *fixture)
{
  GtkWidget *row = find_row (fixture, "Keep Pairing and Settings");

  return gtk_switch_get_active (
      GTK_SWITCH (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row))));
}

/* Disaster, the full image by the restore page, and a comparison that holds. */
static void
test_restore_full (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = ub_app_back_up_and_load (&fixture, &data);
  ub_app_erase (&fixture, 0, APP_START);
  ub_app_done (&fixture);
  ub_app_activate (&fixture, "win.restore");
  g_assert_false (ub_app_is_ready (&fixture));
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, path);
  ub_app_wait (&fixture, ub_app_is_ready, "the preview");
  ub_app_wait_to_show (ub_app_root (&fixture), "of 512 sectors will change");
  ub_app_click (ub_app_root (&fixture), "Restore Module");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (ub_app_get_error (&fixture));
  g_assert_nonnull (ub_app_get_report (&fixture)->backup);
  g_assert_true (g_file_query_exists (ub_app_get_report (&fixture)->backup, NULL));
  ub_app_wait_to_show (ub_app_root (&fixture), "Module Restored");
  ub_app_wait_to_show (ub_app_root (&fixture), "Remove the wires");
  ub_app_wait_to_show (ub_app_root (&fixture), "backup.bin");
  ub_app_wait_to_show (ub_app_root (&fixture), "Tuya 1.0.6");
  ub_app_done (&fixture);
  ub_app_verify (&fixture, path);
  g_assert_no_error (ub_app_get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

static gboolean
is_destructive (UbAppFixture *fixture)
{
  GtkWidget *button = ub_app_find (ub_app_root (fixture), GTK_TYPE_BUTTON, "Restore Module");

  return gtk_widget_has_css_class (button, "destructive-action");
}

/* Where it is in sight without scrolling. */
static void
check_beside_button (UbAppFixture *fixture, const char *text)
{
  GtkWidget *label = ub_app_wait_to_find (ub_app_root (fixture), GTK_TYPE_LABEL, text);

  g_assert_null (gtk_widget_get_ancestor (label, GTK_TYPE_SCROLLED_WINDOW));
}

/* Before the button is pressed, the page says beside it what it will do, and it looks dangerous only where it is. */
static void
test_consequence (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL, *other = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = ub_app_back_up_and_load (&fixture, &data);
  memset (data + 0x13A000, 0x55, 0x3000);
  other = ub_app_save (&fixture, "other.bin", data, UB_APP_CHIP_SIZE);
  ub_app_activate (&fixture, "win.restore");
  ub_app_wait_to_show (ub_app_root (&fixture), "The Module Now");
  ub_app_wait_to_show (ub_app_root (&fixture), "Once a file is chosen");
  g_assert_true (is_destructive (&fixture));
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, other);
  ub_app_wait (&fixture, ub_app_is_ready, "the preview");
  check_beside_button (&fixture, "3 of 512 sectors will change, 1 is kept");
  ub_app_wait_to_show (ub_app_root (&fixture), "with the backup");
  ub_app_wait_to_show (ub_app_root (&fixture), "Preview");
  g_assert_true (is_destructive (&fixture));
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, path);
  ub_app_wait (&fixture, ub_app_is_ready, "the preview of the same");
  check_beside_button (&fixture, "Nothing will change: the module holds this already");
  g_assert_false (is_destructive (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

/* Another device's backup, which differs in its Tuya storage alone: nothing of that comes over. */
static void
test_keep_storage (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL, *other = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = ub_app_back_up_and_load (&fixture, &data);
  data[UB_APP_CHIP_SIZE - 0x800] ^= 0xFF;
  other = ub_app_save (&fixture, "other.bin", data, UB_APP_CHIP_SIZE);
  ub_app_activate (&fixture, "win.restore");
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, other);
  ub_app_wait (&fixture, ub_app_is_ready, "the preview");
  activate_row (&fixture, "Keep Pairing and Settings");
  ub_app_wait (&fixture, is_storage_kept, "the switch");
  ub_app_wait (&fixture, ub_app_is_ready, "the preview with the storage kept");
  ub_app_click (ub_app_root (&fixture), "Restore Module");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (ub_app_get_error (&fixture));
  ub_app_done (&fixture);
  ub_app_verify (&fixture, path);
  g_assert_no_error (ub_app_get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

/* With a slow clock only a part of the module is known before: whether it has a storage is not, and it may be
 * asked for. */
static void
test_keep_storage_on_slow_wires (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = ub_app_back_up_and_load (&fixture, &data);
  ub_app_activate (&fixture, "win.disconnect");
  g_settings_set_uint (ub_settings_get (), "clock-ceiling", 100000);
  ub_app_connect (&fixture);
  ub_app_activate (&fixture, "win.restore");
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, path);
  activate_row (&fixture, "Keep Pairing and Settings");
  ub_app_wait (&fixture, ub_app_is_ready, "the preview with the storage kept");
  g_settings_reset (ub_settings_get (), "clock-ceiling");
  ub_app_fixture_tear_down (&fixture);
}

static void
test_restore_parts (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL, *app = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = ub_app_back_up_and_load (&fixture, &data);
  app = ub_app_save (&fixture, "ua.bin", data + APP_START, APP_END - APP_START);
  ub_app_erase (&fixture, 0, APP_END & ~0xFFFu);
  ub_app_done (&fixture);
  ub_app_activate (&fixture, "win.restore");
  activate_row (&fixture, "Bootloader + App");
  ub_app_load (&fixture, UB_IMAGE_SLOT_APP, app);
  g_assert_false (ub_app_is_ready (&fixture));
  ub_app_load (&fixture, UB_IMAGE_SLOT_BOOTLOADER, path);
  ub_app_wait (&fixture, ub_app_is_ready, "the preview");
  ub_app_click (ub_app_root (&fixture), "Restore Module");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (ub_app_get_error (&fixture));
  ub_app_wait_to_show (ub_app_root (&fixture), "ua.bin");
  ub_app_wait_to_show (ub_app_root (&fixture), "Bootloader From");
  ub_app_done (&fixture);
  ub_app_verify (&fixture, path);
  g_assert_no_error (ub_app_get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

/* An app where a full image is needed: refused with the reason, and one click away from right. */
static void
test_refusal_with_way_out (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL, *app = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = ub_app_back_up_and_load (&fixture, &data);
  app = ub_app_save (&fixture, "ua.bin", data + APP_START, APP_END - APP_START);
  ub_app_activate (&fixture, "win.restore");
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, app);
  g_assert_error (ub_file_row_get_error (get_row (&fixture, UB_IMAGE_SLOT_FULL)), UB_ERROR,
                  UB_ERROR_IMAGE_NO_BOOTLOADER);
  g_assert_false (ub_app_is_ready (&fixture));
  ub_app_click (ub_app_root (&fixture), "Use as App, Add a Bootloader");
  g_assert_nonnull (ub_file_row_get_usable (get_row (&fixture, UB_IMAGE_SLOT_APP)));
  g_assert_null (ub_file_row_get_analysis (get_row (&fixture, UB_IMAGE_SLOT_FULL)));
  ub_app_load (&fixture, UB_IMAGE_SLOT_BOOTLOADER, path);
  ub_app_wait (&fixture, ub_app_is_ready, "the preview");
  ub_app_fixture_tear_down (&fixture);
}

static void
check_refused (UbAppFixture *fixture, const char *name, const guint8 *data, gsize size, int code)
{
  g_autofree char *path = ub_app_save (fixture, name, data, size);
  UbFileRow *row = get_row (fixture, UB_IMAGE_SLOT_FULL);

  ub_app_load (fixture, UB_IMAGE_SLOT_FULL, path);
  g_assert_error (ub_file_row_get_error (row), UB_ERROR, code);
  g_assert_null (ub_file_row_get_usable (row));
  ub_app_wait_to_show (ub_app_root (fixture), ub_error_get_remedy (ub_file_row_get_error (row)));
}

static void
test_refusals (void)
{
  UbAppFixture fixture;
  g_autofree guint8 *blank = g_malloc (UB_APP_CHIP_SIZE);
  g_autofree char *nowhere = NULL;
  const char text[] = "This is a text file, which somebody took for a flash image.\n";

  memset (blank, 0xFF, UB_APP_CHIP_SIZE);
  ub_app_fixture_set_up (&fixture, "time=virtual");
  ub_app_activate (&fixture, "win.restore");
  check_refused (&fixture, "blank.bin", blank, UB_APP_CHIP_SIZE, UB_ERROR_IMAGE_BLANK);
  check_refused (&fixture, "text.bin", (const guint8 *) text, sizeof text - 1,
                 UB_ERROR_IMAGE_NOT_FLASH);
  nowhere = g_build_filename (fixture.folder, "nowhere.bin", NULL);
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, nowhere);
  g_assert_error (ub_file_row_get_error (get_row (&fixture, UB_IMAGE_SLOT_FULL)), UB_ERROR,
                  UB_ERROR_FILE_UNREADABLE);
  ub_app_wait_to_find (ub_app_root (&fixture), GTK_TYPE_BUTTON, "Choose Another File…");
  ub_app_fixture_tear_down (&fixture);
}

/* A file opened before there is a module leads over the connect page back to the restore page. */
static void
test_open_first (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;
  g_autoptr (GFile) file = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = ub_app_back_up_and_load (&fixture, &data);
  ub_app_activate (&fixture, "win.disconnect");
  file = g_file_new_for_path (path);
  g_application_open (G_APPLICATION (fixture.app), &file, 1, "");
  ub_app_wait_for_page (&fixture, "restore");
  ub_app_click (ub_app_root (&fixture), "Connect to a Module");
  ub_app_wait_for_page (&fixture, "connect");
  ub_app_click (ub_app_root (&fixture), "Connect");
  ub_app_wait_for_page (&fixture, "restore");
  ub_app_wait (&fixture, ub_app_is_ready, "the preview");
  ub_app_fixture_tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/restore-page/full", test_restore_full);
  g_test_add_func ("/restore-page/consequence", test_consequence);
  g_test_add_func ("/restore-page/keep-storage", test_keep_storage);
  g_test_add_func ("/restore-page/keep-storage-slow", test_keep_storage_on_slow_wires);
  g_test_add_func ("/restore-page/parts", test_restore_parts);
  g_test_add_func ("/restore-page/refusal/way-out", test_refusal_with_way_out);
  g_test_add_func ("/restore-page/refusal/all", test_refusals);
  g_test_add_func ("/restore-page/open-first", test_open_first);
  return g_test_run ();
}
