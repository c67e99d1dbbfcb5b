/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-programmer-list"

#include "config.h"

#include "ub-programmer-list.h"

#include "ub-error.h"
#include "ub-fault-programmer.h"
#include "ub-programmer-spec.h"
#include "ub-sim-programmer.h"
#if HAVE_FTDI
#include "ub-ftdi-programmer.h"
#endif
#if HAVE_CH341A
#include "ub-ch341a-programmer.h"
#endif
#if HAVE_SPIDEV
#include "ub-spidev-programmer.h"
#endif

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Where the kernel's messages cannot be had (in some sandboxes), and for what they do not tell, such
 * as permissions that change later: look again this often. It costs a few directory reads. */
#define POLL_INTERVAL_MS 1500
/* From the kernel's message until udev has set owner and mode of the node. */
#define SETTLE_MS 250
#define KERNEL_EVENTS_GROUP 1

/* spec of a backend -> programmer */
typedef UbProgrammer *(*NewFunc) (UbProgrammerSpec *spec, GError **error);
/* adds an UbProgrammerInfo for each one present */
typedef void (*EnumerateFunc) (GPtrArray *infos);

typedef struct {
  const char *name;
  NewFunc new; /* NULL where this build leaves it out */
  EnumerateFunc enumerate;
} Backend;

/**
 * UbProgrammerList:
 *
 * The programmers that are present, as a #GListModel of #UbProgrammerInfo; the simulated module is
 * always last. While it watches, from the main context it was made in, it follows plugging and
 * unplugging.
 */
struct _UbProgrammerList {
  GObject parent_instance;

  GPtrArray *infos;
  gboolean watching;
  GSource *poll;
  GSource *settle;
  GSource *events;
  int events_fd;
};

static void ub_programmer_list_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UbProgrammerList,
                               ub_programmer_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      ub_programmer_list_iface_init))

static void
enumerate_sim (GPtrArray *infos)
{
  g_ptr_array_add (infos, ub_programmer_info_new ("sim", "sim", _ ("Simulated module"), NULL));
}

static const Backend backends[] = {
#if HAVE_SPIDEV
  { "spidev", ub_spidev_programmer_new, ub_spidev_programmer_enumerate },
#else
  { "spidev", NULL, NULL },
#endif
#if HAVE_FTDI
  { "ftdi", ub_ftdi_programmer_new, ub_ftdi_programmer_enumerate },
#else
  { "ftdi", NULL, NULL },
#endif
#if HAVE_CH341A
  { "ch341a", ub_ch341a_programmer_new, ub_ch341a_programmer_enumerate },
#else
  { "ch341a", NULL, NULL },
#endif
  { "sim", ub_sim_programmer_new, enumerate_sim },
};

static GType
ub_programmer_list_get_item_type (GListModel *model)
{
  return UB_TYPE_PROGRAMMER_INFO;
}

static guint
ub_programmer_list_get_n_items (GListModel *model)
{
  return UB_PROGRAMMER_LIST (model)->infos->len;
}

static gpointer
ub_programmer_list_get_item (GListModel *model, guint position)
{
  GPtrArray *infos = UB_PROGRAMMER_LIST (model)->infos;

  return position < infos->len ? g_object_ref (g_ptr_array_index (infos, position)) : NULL;
}

static void
ub_programmer_list_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = ub_programmer_list_get_item_type;
  iface->get_n_items = ub_programmer_list_get_n_items;
  iface->get_item = ub_programmer_list_get_item;
}

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
stop_watching (UbProgrammerList *self)
{
  drop_source (&self->poll);
  drop_source (&self->settle);
  drop_source (&self->events);
  if (self->events_fd >= 0)
    close (self->events_fd);
  self->events_fd = -1;
}

static gboolean
on_poll (gpointer user_data)
{
  ub_programmer_list_refresh (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_settled (gpointer user_data)
{
  UbProgrammerList *self = user_data;

  drop_source (&self->settle);
  ub_programmer_list_refresh (self);
  return G_SOURCE_REMOVE;
}

static void
attach (GSource **source, GSource *made, GSourceFunc func, UbProgrammerList *self)
{
  *source = made;
  g_source_set_callback (made, func, self, NULL);
  g_source_attach (made, g_main_context_get_thread_default ());
}

/* The kernel says that some device came or went; which one, a look round tells. */
static gboolean
on_kernel_event (int fd, GIOCondition condition, gpointer user_data)
{
  UbProgrammerList *self = user_data;
  char message[8192];

  while (recv (fd, message, sizeof message, MSG_DONTWAIT) > 0)
    ;
  if (self->settle == NULL)
    attach (&self->settle, g_timeout_source_new (SETTLE_MS), on_settled, self);
  return G_SOURCE_CONTINUE;
}

static void
watch_kernel_events (UbProgrammerList *self)
{
  const struct sockaddr_nl address = {
    .nl_family = AF_NETLINK,
    .nl_groups = KERNEL_EVENTS_GROUP,
  };

  self->events_fd =
      socket (AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
  if (self->events_fd < 0)
    return;
  if (bind (self->events_fd, (const struct sockaddr *) &address, sizeof address) < 0) {
    g_debug ("No kernel events here: %s", g_strerror (errno));
    close (self->events_fd);
    self->events_fd = -1;
    return;
  }
  attach (&self->events, g_unix_fd_source_new (self->events_fd, G_IO_IN),
          G_SOURCE_FUNC (on_kernel_event), self);
}

static void
ub_programmer_list_dispose (GObject *object)
{
  stop_watching (UB_PROGRAMMER_LIST (object));

  G_OBJECT_CLASS (ub_programmer_list_parent_class)->dispose (object);
}

static void
ub_programmer_list_finalize (GObject *object)
{
  g_ptr_array_unref (UB_PROGRAMMER_LIST (object)->infos);

  G_OBJECT_CLASS (ub_programmer_list_parent_class)->finalize (object);
}

static void
ub_programmer_list_class_init (UbProgrammerListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ub_programmer_list_dispose;
  object_class->finalize = ub_programmer_list_finalize;
}

static void
ub_programmer_list_init (UbProgrammerList *self)
{
  self->infos = g_ptr_array_new_with_free_func (g_object_unref);
  self->events_fd = -1;
}

/**
 * ub_programmer_list_new:
 *
 * Returns: (transfer full): what is present now; it does not watch yet
 */
UbProgrammerList *
ub_programmer_list_new (void)
{
  UbProgrammerList *self = g_object_new (UB_TYPE_PROGRAMMER_LIST, NULL);

  ub_programmer_list_refresh (self);
  return self;
}

/* What stays as it was keeps its object, so that whoever selected it keeps the selection. */
static void
keep_identities (GPtrArray *infos, GPtrArray *old)
{
  for (guint i = 0; i < infos->len; i++) {
    for (guint j = 0; j < old->len; j++) {
      if (!ub_programmer_info_equal (g_ptr_array_index (infos, i), g_ptr_array_index (old, j)))
        continue;
      g_object_unref (g_ptr_array_index (infos, i));
      g_ptr_array_index (infos, i) = g_object_ref (g_ptr_array_index (old, j));
      break;
    }
  }
}

/**
 * ub_programmer_list_refresh:
 * @self: a list
 *
 * Looks round, without opening any device; “items-changed” is emitted for what has changed.
 */
void
ub_programmer_list_refresh (UbProgrammerList *self)
{
  g_autoptr (GPtrArray) old = NULL;
  GPtrArray *infos;
  guint prefix = 0, suffix = 0, shorter;

  g_return_if_fail (UB_IS_PROGRAMMER_LIST (self));

  infos = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < G_N_ELEMENTS (backends); i++) {
    if (backends[i].enumerate != NULL)
      backends[i].enumerate (infos);
  }
  old = self->infos;
  keep_identities (infos, old);
  self->infos = infos;

  shorter = MIN (infos->len, old->len);
  while (prefix < shorter && g_ptr_array_index (infos, prefix) == g_ptr_array_index (old, prefix))
    prefix++;
  while (suffix < shorter - prefix && g_ptr_array_index (infos, infos->len - 1 - suffix) ==
                                          g_ptr_array_index (old, old->len - 1 - suffix))
    suffix++;
  if (infos->len != old->len || prefix != infos->len)
    g_list_model_items_changed (G_LIST_MODEL (self), prefix, old->len - prefix - suffix,
                                infos->len - prefix - suffix);
}

/**
 * ub_programmer_list_set_watching:
 * @self: a list
 * @watching: whether to follow plugging and unplugging; stop it while a job runs
 *
 * Watching begins with a look round.
 */
void
ub_programmer_list_set_watching (UbProgrammerList *self, gboolean watching)
{
  g_return_if_fail (UB_IS_PROGRAMMER_LIST (self));

  if (self->watching == watching)
    return;
  self->watching = watching;
  stop_watching (self);
  if (!watching)
    return;
  watch_kernel_events (self);
  attach (&self->poll, g_timeout_source_new (POLL_INTERVAL_MS), on_poll, self);
  ub_programmer_list_refresh (self);
}

/**
 * ub_programmer_list_find_usable:
 * @self: a list
 * @error: return location for an error
 *
 * Returns: (transfer full): the only usable programmer that is not simulated; %NULL with
 *   %UB_ERROR_NO_PROGRAMMER or %UB_ERROR_SEVERAL_PROGRAMMERS and a message that lists what is there,
 *   or with what is the matter with the only one there is
 */
UbProgrammerInfo *
ub_programmer_list_find_usable (UbProgrammerList *self, GError **error)
{
  g_autoptr (GString) usable = g_string_new (NULL);
  g_autoptr (GString) unusable = g_string_new (NULL);
  UbProgrammerInfo *found = NULL;
  const GError *problem = NULL;
  guint n_usable = 0, n_unusable = 0;

  g_return_val_if_fail (UB_IS_PROGRAMMER_LIST (self), NULL);

  for (guint i = 0; i < self->infos->len; i++) {
    UbProgrammerInfo *info = g_ptr_array_index (self->infos, i);

    if (ub_programmer_info_is_simulated (info))
      continue;
    if (ub_programmer_info_is_usable (info)) {
      found = info;
      n_usable++;
      g_string_append_printf (usable, "\n  %s (%s)", ub_programmer_info_get_name (info),
                              ub_programmer_info_get_spec (info));
    } else {
      problem = ub_programmer_info_get_problem (info);
      n_unusable++;
      g_string_append_printf (unusable, "\n  %s: %s", ub_programmer_info_get_name (info),
                              problem->message);
    }
  }
  if (n_usable == 1)
    return g_object_ref (found);
  if (n_usable > 1)
    g_set_error (error, UB_ERROR, UB_ERROR_SEVERAL_PROGRAMMERS,
                 _ ("several programmers are plugged in:%s"), usable->str);
  else if (n_unusable == 1)
    /* With what to do about it. */
    g_propagate_error (error, g_error_copy (problem));
  else if (n_unusable > 1)
    g_set_error (error, UB_ERROR, UB_ERROR_NO_PROGRAMMER,
                 _ ("no programmer can be used as it is:%s"), unusable->str);
  else
    g_set_error_literal (error, UB_ERROR, UB_ERROR_NO_PROGRAMMER, _ ("no programmer was found"));
  return NULL;
}

static const Backend *
find_backend (const char *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (backends); i++) {
    if (g_str_equal (backends[i].name, name)) {
      if (backends[i].new != NULL)
        return &backends[i];
      g_set_error (error, UB_ERROR, UB_ERROR_NOT_BUILT,
                   _ ("this build has no support for the programmer “%s”"), name);
      return NULL;
    }
    g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", backends[i].name);
  }
  g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
               _ ("“%s” is no programmer; known ones are %s"), name, known->str);
  return NULL;
}

/* Settings that every programmer has. */
static gboolean
take_common_settings (UbProgrammer *programmer, UbProgrammerSpec *spec, GError **error)
{
  static const char *const modes[] = { "0", "3", NULL };
  guint clock_hz = 0, mode = G_MAXUINT;

  if (!ub_programmer_spec_get_clock (spec, "clock", 1, G_MAXINT, &clock_hz, error) ||
      !ub_programmer_spec_get_choice (spec, "mode", modes, &mode, error))
    return FALSE;
  ub_programmer_set_fixed_clock (programmer, clock_hz);
  if (mode != G_MAXUINT)
    ub_programmer_set_fixed_mode (programmer, mode == 0 ? 0 : 3);
  return TRUE;
}

/**
 * ub_programmer_new_for_spec:
 * @spec: `BACKEND` or `BACKEND:key=value,key=value`
 * @error: return location for an error
 *
 * Makes a programmer without touching the device; ub_programmer_open() does. `clock=` and `mode=` are
 * common to all, the faults of ub_fault_programmer_wrap() belong to `sim`.
 *
 * Returns: (transfer full): the programmer, or %NULL with %UB_ERROR_BAD_SETTING or
 *   %UB_ERROR_NOT_BUILT
 */
UbProgrammer *
ub_programmer_new_for_spec (const char *spec, GError **error)
{
  g_autoptr (UbProgrammerSpec) parsed = NULL;
  g_autoptr (UbProgrammer) programmer = NULL;
  const Backend *backend;

  g_return_val_if_fail (spec != NULL, NULL);

  parsed = ub_programmer_spec_parse (spec, error);
  if (parsed == NULL)
    return NULL;
  backend = find_backend (ub_programmer_spec_get_backend (parsed), error);
  if (backend == NULL)
    return NULL;
  programmer = backend->new (parsed, error);
  if (programmer == NULL || !take_common_settings (programmer, parsed, error))
    return NULL;
  if (g_str_equal (backend->name, "sim")) {
    programmer = ub_fault_programmer_wrap (g_steal_pointer (&programmer), parsed, error);
    if (programmer == NULL)
      return NULL;
  }
  if (!ub_programmer_spec_check_unknown (parsed, error))
    return NULL;
  return g_steal_pointer (&programmer);
}
