/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-programmer-info"

#include "config.h"

#include "ub-programmer-info.h"

/**
 * UbProgrammerInfo:
 *
 * A programmer that is present, and what hinders its use; immutable.
 */
struct _UbProgrammerInfo {
  GObject parent_instance;

  char *backend;
  char *spec;
  char *name;
  GError *problem;
};

G_DEFINE_FINAL_TYPE (UbProgrammerInfo, ub_programmer_info, G_TYPE_OBJECT)

static void
ub_programmer_info_finalize (GObject *object)
{
  UbProgrammerInfo *self = UB_PROGRAMMER_INFO (object);

  g_free (self->backend);
  g_free (self->spec);
  g_free (self->name);
  g_clear_error (&self->problem);

  G_OBJECT_CLASS (ub_programmer_info_parent_class)->finalize (object);
}

static void
ub_programmer_info_class_init (UbProgrammerInfoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_programmer_info_finalize;
}

static void
ub_programmer_info_init (UbProgrammerInfo *self)
{
}

/**
 * ub_programmer_info_new:
 * @backend: `spidev`, `ftdi`, `ch341a` or `sim`
 * @spec: what ub_programmer_new_for_spec() takes for it
 * @name: what a person calls it
 * @problem: (nullable): why it cannot be used; its remedy is ub_error_get_remedy()
 *
 * Returns: (transfer full): a description
 */
UbProgrammerInfo *
ub_programmer_info_new (const char *backend,
                        const char *spec,
                        const char *name,
                        const GError *problem)
{
  UbProgrammerInfo *self = g_object_new (UB_TYPE_PROGRAMMER_INFO, NULL);

  self->backend = g_strdup (backend);
  self->spec = g_strdup (spec);
  self->name = g_strdup (name);
  self->problem = problem != NULL ? g_error_copy (problem) : NULL;
  return self;
}

/**
 * ub_programmer_info_get_backend:
 * @self: a description
 *
 * Returns: (transfer none): `spidev`, `ftdi`, `ch341a` or `sim`
 */
const char *
ub_programmer_info_get_backend (UbProgrammerInfo *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER_INFO (self), NULL);

  return self->backend;
}

/**
 * ub_programmer_info_get_spec:
 * @self: a description
 *
 * Returns: (transfer none): what ub_programmer_new_for_spec() takes for it
 */
const char *
ub_programmer_info_get_spec (UbProgrammerInfo *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER_INFO (self), NULL);

  return self->spec;
}

/**
 * ub_programmer_info_get_name:
 * @self: a description
 *
 * Returns: (transfer none): what a person calls it
 */
const char *
ub_programmer_info_get_name (UbProgrammerInfo *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER_INFO (self), NULL);

  return self->name;
}

/**
 * ub_programmer_info_get_problem:
 * @self: a description
 *
 * Returns: (transfer none) (nullable): why it cannot be used, %NULL when it can
 */
const GError *
ub_programmer_info_get_problem (UbProgrammerInfo *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER_INFO (self), NULL);

  return self->problem;
}

/**
 * ub_programmer_info_is_usable:
 * @self: a description
 *
 * Returns: whether nothing hinders its use
 */
gboolean
ub_programmer_info_is_usable (UbProgrammerInfo *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER_INFO (self), FALSE);

  return self->problem == NULL;
}

/**
 * ub_programmer_info_is_simulated:
 * @self: a description
 *
 * Returns: whether it is the simulated module
 */
gboolean
ub_programmer_info_is_simulated (UbProgrammerInfo *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER_INFO (self), FALSE);

  return g_str_equal (self->backend, "sim");
}

/**
 * ub_programmer_info_equal:
 * @self: a description
 * @other: another one
 *
 * Returns: whether both say the same
 */
gboolean
ub_programmer_info_equal (UbProgrammerInfo *self, UbProgrammerInfo *other)
{
  const GError *a, *b;

  g_return_val_if_fail (UB_IS_PROGRAMMER_INFO (self), FALSE);
  g_return_val_if_fail (UB_IS_PROGRAMMER_INFO (other), FALSE);

  a = self->problem;
  b = other->problem;
  if ((a == NULL) != (b == NULL))
    return FALSE;
  if (a != NULL &&
      !(g_error_matches (a, b->domain, b->code) && g_str_equal (a->message, b->message)))
    return FALSE;
  return g_str_equal (self->spec, other->spec) && g_str_equal (self->name, other->name);
}
