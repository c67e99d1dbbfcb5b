/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-help-window.h"

#include <glib/gi18n.h>

/* The rules that are installed, for those who run Unbrick from a sandbox or a build tree. */
#define UDEV_RULES "/io/github/unbrick/Unbrick/70-unbrick.rules"

/**
 * Topic:
 * @ids: names of errors, or “start” …, separated by spaces, that lead here
 * @title: headline
 * @paragraphs: of text, up to the first %NULL
 * @commands: (nullable): something to copy, or the path of the resource that holds it
 */
typedef struct {
  const char *ids;
  const char *title;
  const char *paragraphs[5];
  const char *commands;
} Topic;

static const Topic topics[] = {
  { "start",
    N_ ("Recovering a Module"),
    { N_ ("1. Solder or clip seven wires: P20 to P23, CEN, ground and 3.3 V. The picture on the "
          "first page shows them for your programmer and module."),
      N_ ("2. Choose the programmer and connect. If the module does not answer, the page says "
          "which "
          "wire the evidence points to, and keeps trying while you move it."),
      N_ ("3. Back the module up: its original firmware, its calibration and its MAC address exist "
          "only there."),
      N_ ("4. Choose what to write, look at the preview, and restore. You may stop at any time: "
          "the "
          "same job finishes what it began.") },
    NULL },
  { "files image-no-bootloader image-no-app image-ota image-plain",
    N_ ("Which File Is Right?"),
    { N_ ("QIO: bootloader and app, written from the beginning. The right file to install other "
          "firmware on a dead module."),
      N_ ("Backup, 2 MiB: everything, as it was read from a module. The right file to bring the "
          "original firmware back."),
      N_ ("UA, or REST.bin: the app alone, without a bootloader. Choose “Bootloader + App” and "
          "take "
          "the bootloader from a QIO file or a backup of the same chip family."),
      N_ ("RBL and UG: packages for updates over the air. They cannot be written as they are.") },
    NULL },
  { "permission",
    N_ ("The Programmer May Not Be Opened"),
    { N_ ("Save these rules as /etc/udev/rules.d/70-unbrick.rules, as root, then plug the "
          "programmer "
          "out and in again. A package of Unbrick brings them along."),
      N_ ("On a Raspberry Pi over SSH or VNC, add yourself to the groups “spi” and “gpio” instead, "
          "then log out and in: sudo usermod -aG spi,gpio $USER") },
    UDEV_RULES },
  { "spi-disabled",
    N_ ("SPI Is Switched Off"),
    { N_ ("On a Raspberry Pi, run the command below, or switch SPI on in raspi-config under "
          "Interface Options, and restart."),
      N_ ("On Armbian, switch a spidev overlay on in armbian-config under System and Hardware, and "
          "restart.") },
    "sudo raspi-config nonint do_spi 0" },
  { "wrong-jumper",
    N_ ("The CH341A Is a Serial Port Now"),
    { N_ ("The board has a jumper that makes it a serial port or an SPI programmer. Unplug the "
          "board, move the jumper to the other position (often marked 1–2), and plug it in "
          "again.") },
    NULL },
  { "busy kernel-driver",
    N_ ("The Programmer Is in Use"),
    { N_ ("Another program or a kernel driver holds the programmer. Close serial monitors, "
          "flashrom "
          "and other flashing tools."),
      N_ ("A kernel driver for the CH341A can be unloaded until the next restart with the command "
          "below.") },
    "sudo modprobe -r spi_ch341 i2c_ch341 ch341" },
  { "no-reset-line reset-line-busy",
    N_ ("The CEN Line"),
    { N_ ("Unbrick resets the module through its CEN pad. On a Raspberry Pi that is GPIO22, pin 15 "
          "of the header; on other boards, name the line in the preferences."),
      N_ ("Without a free line, set the CEN line to “manual” in the preferences: Unbrick then "
          "tells "
          "you when to touch CEN with ground.") },
    "gpioinfo" },
  { "not-built",
    N_ ("Not in This Build"),
    { N_ (
        "This build of Unbrick has no support for that programmer. Install libgpiod, libftdi1 and "
        "libusb with their development files and build it again, or install a package that has "
        "it.") },
    NULL },
  { "miso-low miso-high no-download-mode no-flash-id unstable timeout transfer unplugged chip-busy",
    N_ ("The Module Does Not Answer"),
    { N_ ("Power: a stiff 3.3 V, not from a weak USB serial adapter. Ground of the programmer and "
          "of the module must be connected."),
      N_ ("Pads: P20, P21, P22 and P23 carry the flash. The pads named SPI are P14 to P17, and "
          "wrong. P22 goes to MOSI and P23 to MISO, whatever other lists say."),
      N_ ("Wires: shorter than 20 cm. If answers change from read to read, set a lower highest "
          "clock "
          "in the preferences."),
      N_ ("CEN: the module listens only for a moment after its reset. Nothing else may hold CEN, "
          "and "
          "a large capacitor on it delays the reset.") },
    NULL },
};

/**
 * UbHelpWindow:
 *
 * Help that needs no network and no manual, opened at the topic of a problem.
 */
struct _UbHelpWindow {
  AdwWindow parent_instance;

  AdwToastOverlay *toast_overlay;
  GtkScrolledWindow *scrolled;
  GtkBox *box;
};

G_DEFINE_FINAL_TYPE (UbHelpWindow, ub_help_window, ADW_TYPE_WINDOW)

static char *
dup_commands (const Topic *topic)
{
  g_autoptr (GBytes) bytes = NULL;

  if (topic->commands[0] != '/')
    return g_strdup (topic->commands);
  bytes = g_resources_lookup_data (topic->commands, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label =
      g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE, "xalign", 0.0, NULL);

  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
copy_clicked_cb (GtkButton *button, const Topic *topic)
{
  UbHelpWindow *self = UB_HELP_WINDOW (gtk_widget_get_root (GTK_WIDGET (button)));
  g_autofree char *commands = dup_commands (topic);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), commands);
  adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (_ ("Copied")));
}

static void
append_commands (GtkBox *box, const Topic *topic)
{
  g_autofree char *commands = dup_commands (topic);
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = new_label (commands, "monospace");
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Copy"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy"), -1);
  g_signal_connect (button, "clicked", G_CALLBACK (copy_clicked_cb), (gpointer) topic);
  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "notice");
  gtk_box_append (GTK_BOX (card), label);
  gtk_box_append (GTK_BOX (card), button);
  gtk_box_append (box, card);
}

static GtkWidget *
new_topic (const Topic *topic)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  GtkWidget *title =
      g_object_new (GTK_TYPE_LABEL, "label", _ (topic->title), "wrap", TRUE, "xalign", 0.0,
                    "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING, NULL);

  gtk_widget_add_css_class (title, "title-4");
  gtk_box_append (GTK_BOX (box), title);
  for (guint i = 0; topic->paragraphs[i] != NULL; i++)
    gtk_box_append (GTK_BOX (box), new_label (_ (topic->paragraphs[i]), NULL));
  if (topic->commands != NULL)
    append_commands (GTK_BOX (box), topic);
  return box;
}

static const Topic *
find_topic (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++) {
    g_auto (GStrv) ids = g_strsplit (topics[i].ids, " ", -1);

    if (g_strv_contains ((const char *const *) ids, id))
      return &topics[i];
  }
  return &topics[0];
}

static void
ub_help_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UB_TYPE_HELP_WINDOW);

  G_OBJECT_CLASS (ub_help_window_parent_class)->dispose (object);
}

static void
ub_help_window_class_init (UbHelpWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_help_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-help-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UbHelpWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, UbHelpWindow, scrolled);
  gtk_widget_class_bind_template_child (widget_class, UbHelpWindow, box);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ub_help_window_init (UbHelpWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * ub_help_window_show:
 * @parent: the window
 * @topic: name of an error or of a topic; an unknown one shows the beginning
 *
 * Shows the help, with the wanted topic first.
 */
void
ub_help_window_show (GtkWindow *parent, const char *topic)
{
  UbHelpWindow *self = g_object_new (UB_TYPE_HELP_WINDOW, "transient-for", parent, NULL);
  const Topic *first = find_topic (topic);

  gtk_box_append (self->box, new_topic (first));
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++) {
    if (&topics[i] != first)
      gtk_box_append (self->box, new_topic (&topics[i]));
  }
  gtk_window_present (GTK_WINDOW (self));
}
