/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-programmer.h"

#include "ub-error.h"

/* A backend that writes down what it was asked for. */
#define TEST_TYPE_PROGRAMMER (test_programmer_get_type ())
G_DECLARE_FINAL_TYPE (TestProgrammer, test_programmer, TEST, PROGRAMMER, UbProgrammer)

struct _TestProgrammer {
  UbProgrammer parent_instance;

  gboolean fails;
  gboolean has_reset;
  guint n_opened;
  guint n_closed;
  guint n_exchanged;
  guint asked_hz;
  guint mode;
};

G_DEFINE_FINAL_TYPE (TestProgrammer, test_programmer, UB_TYPE_PROGRAMMER)

static gboolean
fail (TestProgrammer *self, GError **error)
{
  if (self->fails)
    g_set_error_literal (error, UB_ERROR, UB_ERROR_TRANSFER, "as asked");
  return self->fails;
}

static gboolean
test_programmer_open (UbProgrammer *programmer, GError **error)
{
  TestProgrammer *self = TEST_PROGRAMMER (programmer);
  const UbProgrammerLimits limits = {
    .min_hz = 1000,
    .max_hz = 30000000,
    .modes = 1,
    .max_transaction = 64,
    .max_batch = 64,
    .has_reset = self->has_reset,
  };

  if (fail (self, error))
    return FALSE;
  self->n_opened++;
  ub_programmer_set_limits (programmer, &limits);
  return TRUE;
}

static void
test_programmer_close (UbProgrammer *programmer)
{
  TEST_PROGRAMMER (programmer)->n_closed++;
}

/* Every clock comes out a little lower. */
static gboolean
test_programmer_set_clock (UbProgrammer *programmer, guint hz, guint *actual_hz, GError **error)
{
  TestProgrammer *self = TEST_PROGRAMMER (programmer);

  if (fail (self, error))
    return FALSE;
  self->asked_hz = hz;
  *actual_hz = hz - 1;
  return TRUE;
}

static gboolean
test_programmer_set_mode (UbProgrammer *programmer, guint mode, GError **error)
{
  if (fail (TEST_PROGRAMMER (programmer), error))
    return FALSE;
  TEST_PROGRAMMER (programmer)->mode = mode;
  return TRUE;
}

static gboolean
test_programmer_set_reset (UbProgrammer *programmer, gboolean asserted, GError **error)
{
  return !fail (TEST_PROGRAMMER (programmer), error);
}

static gboolean
test_programmer_exchange (UbProgrammer *programmer,
                          const UbTransaction *batch,
                          guint n,
                          GError **error)
{
  TEST_PROGRAMMER (programmer)->n_exchanged++;
  return !fail (TEST_PROGRAMMER (programmer), error);
}

static void
test_programmer_class_init (TestProgrammerClass *klass)
{
  UbProgrammerClass *programmer_class = UB_PROGRAMMER_CLASS (klass);

  programmer_class->open = test_programmer_open;
  programmer_class->close = test_programmer_close;
  programmer_class->set_clock = test_programmer_set_clock;
  programmer_class->set_mode = test_programmer_set_mode;
  programmer_class->set_reset = test_programmer_set_reset;
  programmer_class->exchange = test_programmer_exchange;
}

static void
test_programmer_init (TestProgrammer *self)
{
  self->has_reset = TRUE;
}

static void
test_life (void)
{
  g_autoptr (TestProgrammer) test = g_object_new (TEST_TYPE_PROGRAMMER, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (test);

  g_assert_false (ub_programmer_is_open (programmer));
  ub_programmer_close (programmer);
  g_assert_cmpuint (test->n_closed, ==, 0);

  g_assert_true (ub_programmer_open (programmer, NULL));
  g_assert_true (ub_programmer_is_open (programmer));
  g_assert_true (ub_programmer_set_clock (programmer, 5000, NULL, NULL));
  g_assert_true (ub_programmer_set_mode (programmer, 0, NULL));
  ub_programmer_close (programmer);
  ub_programmer_close (programmer);
  g_assert_cmpuint (test->n_closed, ==, 1);

  /* Opening again forgets the clock. */
  g_assert_true (ub_programmer_open (programmer, NULL));
  g_assert_cmpuint (ub_programmer_get_clock (programmer), ==, 0);
  g_assert_cmpuint (test->n_opened, ==, 2);
}

static void
test_closes_when_dropped (void)
{
  TestProgrammer *test = g_object_new (TEST_TYPE_PROGRAMMER, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (test);

  g_assert_true (ub_programmer_open (programmer, NULL));
  g_object_ref (test);
  g_object_run_dispose (G_OBJECT (test));
  g_assert_cmpuint (test->n_closed, ==, 1);
  g_object_unref (test);
  g_object_unref (test);
}

static void
test_failures (void)
{
  g_autoptr (TestProgrammer) test = g_object_new (TEST_TYPE_PROGRAMMER, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (test);
  const UbTransaction transaction = { .tx = (const guint8 *) "x", .n_tx = 1 };
  GError *error = NULL;

  test->fails = TRUE;
  g_assert_false (ub_programmer_open (programmer, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_TRANSFER);
  g_clear_error (&error);
  g_assert_false (ub_programmer_is_open (programmer));

  test->fails = FALSE;
  g_assert_true (ub_programmer_open (programmer, NULL));
  g_assert_true (ub_programmer_set_clock (programmer, 5000, NULL, NULL));
  test->fails = TRUE;
  g_assert_false (ub_programmer_set_clock (programmer, 6000, NULL, &error));
  g_clear_error (&error);
  g_assert_cmpuint (ub_programmer_get_clock (programmer), ==, 4999);
  g_assert_false (ub_programmer_set_mode (programmer, 0, &error));
  g_clear_error (&error);
  g_assert_false (ub_programmer_set_reset (programmer, TRUE, &error));
  g_clear_error (&error);
  g_assert_false (ub_programmer_exchange (programmer, &transaction, 1, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_TRANSFER);
  g_clear_error (&error);
}

static void
test_clock (void)
{
  static const struct {
    guint hz;
    guint asked;
  } cases[] = { { 1, 1000 }, { 1000, 1000 }, { 1234567, 1234567 }, { 99000000, 30000000 } };
  g_autoptr (TestProgrammer) test = g_object_new (TEST_TYPE_PROGRAMMER, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (test);

  g_assert_true (ub_programmer_open (programmer, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint actual = 0;

    g_assert_true (ub_programmer_set_clock (programmer, cases[i].hz, &actual, NULL));
    g_assert_cmpuint (test->asked_hz, ==, cases[i].asked);
    g_assert_cmpuint (actual, ==, cases[i].asked - 1);
    g_assert_cmpuint (ub_programmer_get_clock (programmer), ==, actual);
  }
}

static void
test_wishes (void)
{
  g_autoptr (TestProgrammer) test = g_object_new (TEST_TYPE_PROGRAMMER, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (test);

  g_assert_cmpuint (ub_programmer_get_fixed_clock (programmer), ==, 0);
  g_assert_cmpint (ub_programmer_get_fixed_mode (programmer), ==, -1);
  g_assert_cmpuint (ub_programmer_get_clock_ceiling (programmer), ==, 12000000);
  g_assert_cmpstr (ub_programmer_get_name (programmer), ==, "TestProgrammer");
  ub_programmer_set_fixed_clock (programmer, 30000);
  ub_programmer_set_fixed_mode (programmer, 3);
  ub_programmer_set_clock_ceiling (programmer, 1000000);
  ub_programmer_set_name (programmer, "A name");
  g_assert_cmpuint (ub_programmer_get_fixed_clock (programmer), ==, 30000);
  g_assert_cmpint (ub_programmer_get_fixed_mode (programmer), ==, 3);
  g_assert_cmpuint (ub_programmer_get_clock_ceiling (programmer), ==, 1000000);
  g_assert_cmpstr (ub_programmer_get_name (programmer), ==, "A name");
}

/* What is wrong with a transaction is found before the backend sees it. */
static const struct {
  const char *name;
  UbTransaction transaction;
  gboolean ok;
} transactions[] = {
  { "write", { .tx = (const guint8 *) "x", .n_tx = 1 }, TRUE },
  { "largest", { .tx = (const guint8 *) "x", .n_tx = 1, .rx = (guint8 *) "x", .n_rx = 63 }, TRUE },
  { "too large",
    { .tx = (const guint8 *) "x", .n_tx = 1, .rx = (guint8 *) "x", .n_rx = 64 },
    FALSE },
  { "nothing", { 0 }, FALSE },
  { "no tx", { .n_tx = 1 }, FALSE },
  { "no rx", { .tx = (const guint8 *) "x", .n_tx = 1, .n_rx = 1 }, FALSE },
  { "duplex",
    { .tx = (const guint8 *) "x", .n_tx = 64, .rx = (guint8 *) "x", .n_rx = 64, .duplex = TRUE },
    TRUE },
  { "duplex, more in than out",
    { .tx = (const guint8 *) "x", .n_tx = 1, .rx = (guint8 *) "x", .n_rx = 2, .duplex = TRUE },
    FALSE },
};

static void
test_transactions (void)
{
  g_autoptr (TestProgrammer) test = g_object_new (TEST_TYPE_PROGRAMMER, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (test);
  guint n_exchanged = 0;

  g_assert_true (ub_programmer_open (programmer, NULL));
  g_assert_true (ub_programmer_set_clock (programmer, 5000, NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (transactions); i++) {
    g_test_message ("%s", transactions[i].name);
    if (!transactions[i].ok)
      g_test_expect_message ("ub-programmer", G_LOG_LEVEL_CRITICAL, "*transaction_is_valid*");
    g_assert_cmpint (ub_programmer_exchange (programmer, &transactions[i].transaction, 1, NULL), ==,
                     transactions[i].ok);
    g_test_assert_expected_messages ();
    n_exchanged += transactions[i].ok;
    g_assert_cmpuint (test->n_exchanged, ==, n_exchanged);
  }
}

static void
test_states (void)
{
  g_autoptr (TestProgrammer) test = g_object_new (TEST_TYPE_PROGRAMMER, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (test);
  const UbTransaction transaction = { .tx = (const guint8 *) "x", .n_tx = 1 };

  g_test_expect_message ("ub-programmer", G_LOG_LEVEL_CRITICAL, "*is_open*");
  g_assert_false (ub_programmer_set_clock (programmer, 5000, NULL, NULL));
  g_test_assert_expected_messages ();
  test->has_reset = FALSE;
  g_assert_true (ub_programmer_open (programmer, NULL));
  g_test_expect_message ("ub-programmer", G_LOG_LEVEL_CRITICAL, "*is_open*");
  g_assert_false (ub_programmer_open (programmer, NULL));
  g_test_assert_expected_messages ();
  g_test_expect_message ("ub-programmer", G_LOG_LEVEL_CRITICAL, "*clock_hz > 0*");
  g_assert_false (ub_programmer_exchange (programmer, &transaction, 1, NULL));
  g_test_assert_expected_messages ();
  g_test_expect_message ("ub-programmer", G_LOG_LEVEL_CRITICAL, "*modes*");
  g_assert_false (ub_programmer_set_mode (programmer, 3, NULL));
  g_test_assert_expected_messages ();
  g_test_expect_message ("ub-programmer", G_LOG_LEVEL_CRITICAL, "*has_reset*");
  g_assert_false (ub_programmer_set_reset (programmer, TRUE, NULL));
  g_test_assert_expected_messages ();
}

static void
test_deadline (void)
{
  g_autoptr (TestProgrammer) test = g_object_new (TEST_TYPE_PROGRAMMER, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (test);
  guint8 buffer[32] = { 0 };
  const UbTransaction batch[] = {
    { .tx = buffer, .n_tx = 10, .rx = buffer, .n_rx = 20, .delay_us = 500 },
    { .tx = buffer, .n_tx = 20, .rx = buffer, .n_rx = 20, .duplex = TRUE, .delay_us = 700 },
  };

  g_assert_true (ub_programmer_open (programmer, NULL));
  g_assert_true (ub_programmer_set_clock (programmer, 8001, NULL, NULL));
  /* 50 bytes at 8 kHz take 50 ms; twice that, the delays, and four seconds. */
  g_assert_cmpuint (ub_programmer_get_deadline (programmer, batch, 2), ==,
                    100000 + 1200 + 4 * G_USEC_PER_SEC);
}

/* Without a clock of its own a programmer lives in the computer's time. */
static void
test_time (void)
{
  g_autoptr (TestProgrammer) test = g_object_new (TEST_TYPE_PROGRAMMER, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (test);
  gint64 before = ub_programmer_get_time (programmer);

  ub_programmer_delay (programmer, 0);
  ub_programmer_delay (programmer, 100);
  g_assert_cmpint (ub_programmer_get_time (programmer) - before, >=, 100);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/programmer/life", test_life);
  g_test_add_func ("/programmer/closes-when-dropped", test_closes_when_dropped);
  g_test_add_func ("/programmer/failures", test_failures);
  g_test_add_func ("/programmer/clock", test_clock);
  g_test_add_func ("/programmer/wishes", test_wishes);
  g_test_add_func ("/programmer/transactions", test_transactions);
  g_test_add_func ("/programmer/states", test_states);
  g_test_add_func ("/programmer/deadline", test_deadline);
  g_test_add_func ("/programmer/time", test_time);
  return g_test_run ();
}
