/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-connect-advice.h"

#include "ub-error.h"
#include "ub-format.h"

#include <glib/gi18n.h>

/* What to tell a person whose module does not answer, from the evidence. Pure. */

/**
 * ub_connect_advice_should_retry:
 * @error: why an attempt to connect failed
 *
 * Moving a wire can mend what the module does, so connecting goes on by itself meanwhile; nothing on
 * the module mends a programmer that may not be opened.
 *
 * Returns: whether to keep trying
 */
gboolean
ub_connect_advice_should_retry (const GError *error)
{
  if (error->domain != UB_ERROR)
    return FALSE;
  switch (error->code) {
  case UB_ERROR_MISO_LOW:
  case UB_ERROR_MISO_HIGH:
  case UB_ERROR_NO_DOWNLOAD_MODE:
  case UB_ERROR_NO_FLASH_ID:
  case UB_ERROR_UNSTABLE:
  case UB_ERROR_CHIP_BUSY:
    return TRUE;
  default:
    return FALSE;
  }
}

/**
 * ub_connect_advice_get_title:
 * @error: why an attempt to connect failed
 *
 * Returns: (transfer none): a translated headline
 */
const char *
ub_connect_advice_get_title (const GError *error)
{
  if (error->domain != UB_ERROR)
    return _ ("Could Not Connect");
  switch (error->code) {
  case UB_ERROR_MISO_LOW:
    return _ ("The Module Is Silent: MISO Stays Low");
  case UB_ERROR_MISO_HIGH:
    return _ ("The Module Is Silent: MISO Stays High");
  case UB_ERROR_NO_DOWNLOAD_MODE:
    return _ ("The Module Does Not Enter Download Mode");
  case UB_ERROR_NO_FLASH_ID:
    return _ ("The Module Answers, Its Flash Does Not");
  case UB_ERROR_UNSTABLE:
    return _ ("The Answers Change From Read to Read");
  case UB_ERROR_UNPLUGGED:
  case UB_ERROR_NO_PROGRAMMER:
    return _ ("The Programmer Was Unplugged");
  case UB_ERROR_PERMISSION:
    return _ ("The Programmer May Not Be Opened");
  case UB_ERROR_BUSY:
  case UB_ERROR_KERNEL_DRIVER:
    return _ ("The Programmer Is in Use");
  case UB_ERROR_SPI_DISABLED:
    return _ ("SPI Is Switched Off");
  case UB_ERROR_WRONG_JUMPER:
    return _ ("The Programmer Is Jumpered as a Serial Port");
  case UB_ERROR_NO_RESET_LINE:
  case UB_ERROR_RESET_LINE_BUSY:
    return _ ("The CEN Line Cannot Be Used");
  default:
    return _ ("Could Not Connect");
  }
}

/**
 * ub_connect_advice_dup_evidence:
 * @state: where connecting stands
 *
 * Returns: (transfer full): the raw facts in lines, for “Details”
 */
char *
ub_connect_advice_dup_evidence (const UbConnectState *state)
{
  g_autofree char *clock = ub_format_clock (state->clock_hz);
  g_autofree char *attempt =
      g_strdup_printf (_ ("Attempt: %u of %u"), state->attempt, state->n_attempts);
  g_autofree char *mode = g_strdup_printf (_ ("SPI mode: %u, clock: %s"), state->mode, clock);
  g_autofree char *reply = g_strdup_printf (
      /* Translators: four bytes in hexadecimal; the first one is undefined on this chip */
      _ ("Last reply to the ID command: %02X %02X %02X %02X"), state->last_reply[0],
      state->last_reply[1], state->last_reply[2], state->last_reply[3]);

  return g_strdup_printf ("%s\n%s\n%s\n%s", attempt, mode,
                          state->d2_seen ? _ ("Answer D2 of the download mode: seen")
                                         : _ ("Answer D2 of the download mode: not seen"),
                          reply);
}

/**
 * ub_connect_advice_get_step_title:
 * @step: a step
 *
 * Returns: (transfer none): what happens in it, translated
 */
const char *
ub_connect_advice_get_step_title (UbConnectStep step)
{
  switch (step) {
  case UB_CONNECT_STEP_OPEN:
    return _ ("Open the Programmer");
  case UB_CONNECT_STEP_RESET:
    return _ ("Reset the Module");
  case UB_CONNECT_STEP_WAIT:
    return _ ("Wait for the Module");
  case UB_CONNECT_STEP_IDENTIFY:
    return _ ("Identify the Flash");
  case UB_CONNECT_STEP_CLOCK:
    return _ ("Find the Fastest Clock");
  case UB_CONNECT_STEP_READY:
    return _ ("Look at the Content");
  }
  return "";
}
