/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-tuya-storage"

#include "config.h"

#include "ub-tuya-arena.h"
#include "ub-tuya-storage.h"
#include "ub-tuya-value.h"

#include <string.h>

/* Fixed part of an index page, before the name. */
#define INDEX_HEAD_SIZE 18
#define PART_SIZE 4

/* Protected sector: magic, sum, key, length and four bytes in the outer layer, then records. */
#define PROTECTED_HEAD_SIZE 32
#define RECORD_HEAD_SIZE 36
#define RECORD_NAME_SIZE 32

/* Devices have some twenty values. The bound keeps a hostile file from taking all memory. */
#define MAX_VALUES 1000

typedef struct {
  char *key;
  GBytes *bytes;
  gboolean is_intact;
  gboolean is_protected;
} Value;

/**
 * UbTuyaStorage:
 *
 * The key-value storage of Tuya's firmware: what a device is made of, who it is, and where it lives.
 * Format: bk7231tools and BK7231GUIFlashTool; checked on 26 dumps. Immutable.
 *
 * Every checksum is verified. What fails one is kept, so that it can be told about, and marked; only
 * ub_tuya_storage_get_value() gives it away.
 */
struct _UbTuyaStorage {
  GObject parent_instance;

  guint32 address;
  UbTuyaGeneration generation;
  guint n_sectors;
  guint n_sectors_intact;
  gboolean has_protected;
  guint32 protected_address;
  gboolean is_intact;
  GArray *values; /* of Value */
  GPtrArray *secrets; /* of static strings, ends with NULL */
  UbTuyaConfig *config;
};

G_DEFINE_FINAL_TYPE (UbTuyaStorage, ub_tuya_storage, G_TYPE_OBJECT)

static void
clear_value (gpointer data)
{
  Value *value = data;

  g_free (value->key);
  g_bytes_unref (value->bytes);
}

static void
ub_tuya_storage_finalize (GObject *object)
{
  UbTuyaStorage *self = UB_TUYA_STORAGE (object);

  g_array_unref (self->values);
  g_ptr_array_unref (self->secrets);
  g_clear_object (&self->config);

  G_OBJECT_CLASS (ub_tuya_storage_parent_class)->finalize (object);
}

static void
ub_tuya_storage_class_init (UbTuyaStorageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_tuya_storage_finalize;
}

static void
ub_tuya_storage_init (UbTuyaStorage *self)
{
  self->values = g_array_new (FALSE, FALSE, sizeof (Value));
  g_array_set_clear_func (self->values, clear_value);
  self->secrets = g_ptr_array_new ();
}

static guint32
get_u32 (const guint8 *data)
{
  return (guint32) data[0] | (guint32) data[1] << 8 | (guint32) data[2] << 16 |
         (guint32) data[3] << 24;
}

static guint16
get_u16 (const guint8 *data)
{
  return data[0] | data[1] << 8;
}

static Value *
find_value (UbTuyaStorage *self, const char *key)
{
  for (guint i = 0; i < self->values->len; i++) {
    Value *value = &g_array_index (self->values, Value, i);

    if (strcmp (value->key, key) == 0)
      return value;
  }
  return NULL;
}

/* Takes ownership of @value. Of several values with one name the first intact one counts. */
static void
add_value (UbTuyaStorage *self, Value *value)
{
  Value *other = find_value (self, value->key);

  if (self->values->len == MAX_VALUES && other == NULL) {
    self->is_intact = FALSE;
    clear_value (value);
  } else if (other == NULL) {
    g_array_append_val (self->values, *value);
  } else if (value->is_intact && !other->is_intact) {
    clear_value (other);
    *other = *value;
  } else {
    clear_value (value);
  }
}

/* A name of printable characters that ends with a NUL at the latest behind @size bytes. */
static char *
read_name (const guint8 *data, gsize size)
{
  gsize length = strnlen ((const char *) data, size);

  if (length == 0)
    return NULL;
  for (gsize i = 0; i < length; i++) {
    if (data[i] <= 0x20 || data[i] > 0x7E)
      return NULL;
  }
  return g_strndup ((const char *) data, length);
}

/* Collects the pages that @parts names; FALSE where one of them is not there or not to be trusted. */
static gboolean
read_parts (UbTuyaArena *arena, const guint8 *parts, guint n_parts, gsize size, GByteArray *out)
{
  gboolean is_sound = TRUE;

  for (guint i = 0; i < n_parts && out->len < size; i++) {
    const UbTuyaBlock *block = ub_tuya_arena_get_block (arena, get_u16 (parts + i * PART_SIZE));
    guint first = parts[i * PART_SIZE + 2];
    guint last = parts[i * PART_SIZE + 3];

    if (block == NULL || first == 0 || first > last || last >= UB_TUYA_N_PAGES)
      return FALSE;
    is_sound = is_sound && !block->is_doubtful;
    g_byte_array_append (out, block->sector->plain + first * UB_TUYA_PAGE_SIZE,
                         (last - first + 1) * UB_TUYA_PAGE_SIZE);
  }
  if (out->len < size)
    return FALSE;
  g_byte_array_set_size (out, size);
  return is_sound;
}

/*
 * Index page: u32 sum of the value, u32 its length, u16 block and u8 page of this page itself, u16
 * number of parts, u32 that means nothing here, u8 length of the name with its NUL, the name, and for
 * each part u16 block, u8 first page, u8 last page. FALSE where it makes no sense.
 */
static gboolean
read_index_page (UbTuyaStorage *self, UbTuyaArena *arena, const UbTuyaBlock *block, guint page)
{
  const guint8 *data = block->sector->plain + page * UB_TUYA_PAGE_SIZE;
  guint32 sum = get_u32 (data);
  guint32 size = get_u32 (data + 4);
  guint n_parts = get_u16 (data + 11);
  guint name_size = data[17];
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Value value = { 0 };

  if (get_u16 (data + 8) != block->sector->id || data[10] != page || name_size == 0 ||
      INDEX_HEAD_SIZE + name_size + n_parts * PART_SIZE > UB_TUYA_PAGE_SIZE)
    return FALSE;
  value.key = read_name (data + INDEX_HEAD_SIZE, name_size);
  if (value.key == NULL)
    return FALSE;

  value.is_intact = read_parts (arena, data + INDEX_HEAD_SIZE + name_size, n_parts, size, bytes) &&
                    ub_tuya_sum (bytes->data, bytes->len) == sum && !block->is_doubtful;
  value.bytes = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  if (!value.is_intact)
    self->is_intact = FALSE;
  add_value (self, &value);
  return TRUE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return GPOINTER_TO_INT (a) - GPOINTER_TO_INT (b);
}

static void
read_values (UbTuyaStorage *self, UbTuyaArena *arena)
{
  GList *ids = g_list_sort (g_hash_table_get_keys (arena->blocks), compare_ids);

  for (GList *l = ids; l != NULL; l = l->next) {
    const UbTuyaBlock *block = ub_tuya_arena_get_block (arena, GPOINTER_TO_UINT (l->data));

    for (guint page = 1; page < UB_TUYA_N_PAGES; page++) {
      if ((block->sector->index_pages & 1u << page) != 0 &&
          !read_index_page (self, arena, block, page))
        self->is_intact = FALSE;
    }
  }
  g_list_free (ids);
}

/* Records of u32 length, name[32], value. What lies behind the stated length is left over from earlier
 * and none of the device's current state. */
static void
read_protected (UbTuyaStorage *self, UbTuyaArena *arena, const guint8 *flash)
{
  guint8 plain[UB_TUYA_SECTOR_SIZE];
  guint8 *records = plain + PROTECTED_HEAD_SIZE;
  gsize size;
  gsize at = 0;

  ub_tuya_decrypt_master (flash + arena->protected_offset, sizeof plain, plain);
  size = get_u32 (plain + 24);
  if (!arena->protected_intact || size > sizeof plain - PROTECTED_HEAD_SIZE) {
    self->is_intact = FALSE;
    return;
  }
  ub_tuya_decrypt (arena->data_key, records, sizeof plain - PROTECTED_HEAD_SIZE, records);

  while (size - at >= RECORD_HEAD_SIZE) {
    gsize length = get_u32 (records + at);
    Value value = { .is_intact = TRUE, .is_protected = TRUE };

    value.key = read_name (records + at + 4, RECORD_NAME_SIZE);
    if (value.key == NULL || length > size - at - RECORD_HEAD_SIZE) {
      g_free (value.key);
      self->is_intact = FALSE;
      return;
    }
    value.bytes = g_bytes_new (records + at + RECORD_HEAD_SIZE, length);
    add_value (self, &value);
    at += RECORD_HEAD_SIZE + length;
  }
}

static void
read_config (UbTuyaStorage *self)
{
  GBytes *bytes = ub_tuya_storage_lookup (self, "user_param_key");
  g_autoptr (GError) error = NULL;

  if (bytes == NULL)
    return;
  self->config =
      ub_tuya_config_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
  if (self->config == NULL)
    g_info ("%s", error->message);
}

/**
 * ub_tuya_storage_parse:
 * @flash: bytes of a flash, or of a part of one
 * @size: how many
 * @base_address: where on the flash they begin
 *
 * Finds a storage of either generation, wherever its key sector lies, and reads all of it. A storage
 * that is there but damaged is returned as well; ub_tuya_storage_is_intact() tells.
 *
 * Returns: (transfer full) (nullable): the storage, or %NULL where there is none
 */
UbTuyaStorage *
ub_tuya_storage_parse (const guint8 *flash, gsize size, guint32 base_address)
{
  g_autoptr (UbTuyaArena) arena = NULL;
  UbTuyaStorage *self;

  g_return_val_if_fail (flash != NULL || size == 0, NULL);

  arena = ub_tuya_arena_find (flash, size, base_address);
  if (arena == NULL)
    return NULL;

  self = g_object_new (UB_TYPE_TUYA_STORAGE, NULL);
  self->generation = arena->generation;
  self->n_sectors = arena->sectors->len + arena->n_missing;
  for (guint i = 0; i < arena->sectors->len; i++) {
    if (((UbTuyaSector *) g_ptr_array_index (arena->sectors, i))->is_intact)
      self->n_sectors_intact++;
  }
  self->has_protected = arena->has_protected;
  self->protected_address = base_address + arena->protected_offset;
  if (arena->has_key_sector)
    self->address = base_address + arena->key_offset;
  else if (arena->sectors->len > 0)
    self->address = base_address + ((UbTuyaSector *) arena->sectors->pdata[0])->offset;
  else
    self->address = self->protected_address;
  self->is_intact = arena->has_key_sector && arena->key_intact && self->n_sectors > 0 &&
                    self->n_sectors_intact == self->n_sectors && !arena->is_incomplete;

  read_values (self, arena);
  if (self->has_protected)
    read_protected (self, arena, flash);
  for (guint i = 0; i < self->values->len; i++) {
    Value *value = &g_array_index (self->values, Value, i);

    if (value->is_intact)
      ub_tuya_value_add_secrets (value->key, value->bytes, self->secrets);
  }
  g_ptr_array_add (self->secrets, NULL);
  read_config (self);
  g_debug ("Tuya storage (%s) at 0x%06X: %u of %u sectors intact, %u values",
           ub_tuya_generation_get_id (self->generation), self->address, self->n_sectors_intact,
           self->n_sectors, self->values->len);
  return self;
}

/**
 * ub_tuya_storage_get_address:
 * @self: a storage
 *
 * Returns: address of its key sector; of its first sector where the key sector is lost
 */
guint32
ub_tuya_storage_get_address (UbTuyaStorage *self)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), 0);

  return self->address;
}

/**
 * ub_tuya_storage_get_generation:
 * @self: a storage
 *
 * Returns: which SDK wrote it
 */
UbTuyaGeneration
ub_tuya_storage_get_generation (UbTuyaStorage *self)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), UB_TUYA_GENERATION_CLASSIC);

  return self->generation;
}

/**
 * ub_tuya_generation_get_id:
 * @generation: one of them
 *
 * Returns: its stable name
 */
const char *
ub_tuya_generation_get_id (UbTuyaGeneration generation)
{
  switch (generation) {
  case UB_TUYA_GENERATION_CLASSIC:
    return "classic";
  case UB_TUYA_GENERATION_OS3:
    return "os3";
  }
  g_return_val_if_reached (NULL);
}

/**
 * ub_tuya_storage_get_n_sectors:
 * @self: a storage
 *
 * Returns: how many data sectors it has, or should have
 */
guint
ub_tuya_storage_get_n_sectors (UbTuyaStorage *self)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), 0);

  return self->n_sectors;
}

/**
 * ub_tuya_storage_get_n_sectors_intact:
 * @self: a storage
 *
 * Returns: how many of them hold the right checksum
 */
guint
ub_tuya_storage_get_n_sectors_intact (UbTuyaStorage *self)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), 0);

  return self->n_sectors_intact;
}

/**
 * ub_tuya_storage_has_protected:
 * @self: a storage
 * @out_address: (out) (optional): of the protected sector
 *
 * Returns: whether there is a protected copy of the device's identity and network
 */
gboolean
ub_tuya_storage_has_protected (UbTuyaStorage *self, guint32 *out_address)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), FALSE);

  if (self->has_protected && out_address != NULL)
    *out_address = self->protected_address;
  return self->has_protected;
}

/**
 * ub_tuya_storage_is_intact:
 * @self: a storage
 *
 * Returns: whether all of its sectors are there and every checksum is right
 */
gboolean
ub_tuya_storage_is_intact (UbTuyaStorage *self)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), FALSE);

  return self->is_intact;
}

/**
 * ub_tuya_storage_get_n_values:
 * @self: a storage
 *
 * Returns: how many values it holds, damaged ones included
 */
guint
ub_tuya_storage_get_n_values (UbTuyaStorage *self)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), 0);

  return self->values->len;
}

/**
 * ub_tuya_storage_get_key:
 * @self: a storage
 * @index: below ub_tuya_storage_get_n_values()
 *
 * Returns: name of a value, such as user_param_key
 */
const char *
ub_tuya_storage_get_key (UbTuyaStorage *self, guint index)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), NULL);
  g_return_val_if_fail (index < self->values->len, NULL);

  return g_array_index (self->values, Value, index).key;
}

/**
 * ub_tuya_storage_is_value_intact:
 * @self: a storage
 * @index: below ub_tuya_storage_get_n_values()
 *
 * Returns: whether the value's checksum, and those of all sectors it lies in, are right, and no damaged
 *   sector may hold a newer one
 */
gboolean
ub_tuya_storage_is_value_intact (UbTuyaStorage *self, guint index)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), FALSE);
  g_return_val_if_fail (index < self->values->len, FALSE);

  return g_array_index (self->values, Value, index).is_intact;
}

/**
 * ub_tuya_storage_is_value_protected:
 * @self: a storage
 * @index: below ub_tuya_storage_get_n_values()
 *
 * Returns: whether the value is from the protected copy, because the storage proper has no intact one
 */
gboolean
ub_tuya_storage_is_value_protected (UbTuyaStorage *self, guint index)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), FALSE);
  g_return_val_if_fail (index < self->values->len, FALSE);

  return g_array_index (self->values, Value, index).is_protected;
}

/**
 * ub_tuya_storage_get_value:
 * @self: a storage
 * @index: below ub_tuya_storage_get_n_values()
 *
 * Returns: (transfer none): the bytes of a value, with its secrets; what is left of it where it is not
 *   intact
 */
GBytes *
ub_tuya_storage_get_value (UbTuyaStorage *self, guint index)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), NULL);
  g_return_val_if_fail (index < self->values->len, NULL);

  return g_array_index (self->values, Value, index).bytes;
}

/**
 * ub_tuya_storage_lookup:
 * @self: a storage
 * @key: name of a value
 *
 * Returns: (transfer none) (nullable): the bytes of the value, with its secrets, or %NULL where there is
 *   none that is intact
 */
GBytes *
ub_tuya_storage_lookup (UbTuyaStorage *self, const char *key)
{
  Value *value;

  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  value = find_value (self, key);
  return value != NULL && value->is_intact ? value->bytes : NULL;
}

/**
 * ub_tuya_storage_get_secrets:
 * @self: a storage
 *
 * Returns: (transfer none) (array zero-terminated=1): names of the secrets it holds, such as uuid; not
 *   the secrets
 */
const char *const *
ub_tuya_storage_get_secrets (UbTuyaStorage *self)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), NULL);

  return (const char *const *) self->secrets->pdata;
}

/**
 * ub_tuya_storage_get_config:
 * @self: a storage
 *
 * Returns: (transfer none) (nullable): what the device is made of, or %NULL where the storage does not
 *   say it, or not intact
 */
UbTuyaConfig *
ub_tuya_storage_get_config (UbTuyaStorage *self)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), NULL);

  return self->config;
}

/**
 * ub_tuya_storage_get_module:
 * @self: a storage
 *
 * Returns: (nullable): name of the module, such as WB3S
 */
const char *
ub_tuya_storage_get_module (UbTuyaStorage *self)
{
  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), NULL);

  return self->config != NULL ? ub_tuya_config_get_module (self->config) : NULL;
}
