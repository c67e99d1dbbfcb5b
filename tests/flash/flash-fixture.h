/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-fault-programmer.h"
#include "ub-flash-plan.h"
#include "ub-flash.h"
#include "ub-session.h"
#include "ub-sim-programmer.h"

G_BEGIN_DECLS

#define FLASH_SIZE (2 * 1024 * 1024)

#define UB_TYPE_TEST_TAMPER (ub_test_tamper_get_type ())
G_DECLARE_FINAL_TYPE (UbTestTamper, ub_test_tamper, UB, TEST_TAMPER, UbProgrammer)

/**
 * UbTestTamper:
 * @before: (nullable): sees each transaction first; what it returns %FALSE for never reaches the chip
 * @after: (nullable): sees each transaction with its reply, and may change that
 * @after_exchange: (nullable): called after each exchange
 *
 * A programmer that passes everything on and lets a test interfere.
 */
struct _UbTestTamper {
  UbProgrammer parent_instance;

  UbProgrammer *inner;
  gboolean (*before) (UbTestTamper *self, const UbTransaction *transaction);
  void (*after) (UbTestTamper *self, const UbTransaction *transaction);
  void (*after_exchange) (UbTestTamper *self);
  gpointer data;
  guint n_exchanges;
};

/**
 * FlashFixture:
 *
 * A connected simulated module, its flash protected as firmware leaves it.
 */
typedef struct {
  UbSimChip *chip;
  UbProgrammer *sim;
  UbProgrammer *faulty; /* around @sim, at first without faults */
  UbTestTamper *tamper; /* around @faulty */
  UbProgrammer *programmer; /* @tamper */
  UbSession *session;
  UbFlash *flash;
} FlashFixture;

FlashFixture *
flash_fixture_new (const UbFlashPart *part, const guint8 *content, guint hz, guint latency_us);
FlashFixture *flash_fixture_new_default (const guint8 *content);
void flash_fixture_free (FlashFixture *self);

void flash_fixture_set_faults (FlashFixture *self, const UbFaults *faults);
void flash_fixture_assert_content (FlashFixture *self, const guint8 *wanted);
gboolean flash_fixture_restore (FlashFixture *self,
                                guint8 *current,
                                const guint8 *wanted,
                                GCancellable *cancellable,
                                GError **error);

guint8 *flash_image_new_tuya (guint32 seed);
guint8 *flash_image_new_openbeken_over (const guint8 *tuya, guint32 seed);
guint8 *flash_image_new_later (const guint8 *earlier, guint32 seed);
guint8 *flash_image_new_blank (void);

double flash_limit_of_read (guint hz, gsize size);
double flash_limit_of_plan (const UbFlashPart *part,
                            const UbFlashPlan *plan,
                            const guint8 *wanted,
                            guint hz);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlashFixture, flash_fixture_free)

G_END_DECLS
