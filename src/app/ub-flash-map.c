/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash-map"

#include "config.h"

#include "ub-flash-map-cell.h"
#include "ub-flash-map-grid.h"
#include "ub-flash-map.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define SECTOR_SIZE 4096

/* A name is written into the map where its partition fills at least this many cells of one row. */
#define MIN_NAMED_CELLS 6

/**
 * UbFlashMap:
 *
 * The picture of a chip: a cell for every sector of 4 KiB, partitions outlined and named. Hovering and the
 * arrow keys tell address, partition and state. It draws from a copy of the states that
 * ub_flash_map_update() refreshes; nothing is laid out anew while a job runs, and only rows that changed are
 * recorded anew, so that the renderer, too, finds the others as they were.
 */
struct _UbFlashMap {
  GtkWidget parent_instance;

  UbSectorMap *map;
  guint serial; /* of the states that are shown */
  GByteArray *states; /* one UbSectorState for each sector */
  const UbPartition *partitions;
  guint n_partitions;

  UbFlashMapColors colors;
  UbFlashMapGrid grid;
  GPtrArray *rows; /* what draws each row of cells, NULL for those to be recorded */
  GskRenderNode *labels; /* what draws outlines and names; NULL to be recorded */
  guint cursor; /* index of a cell */
  char *label; /* what assistive technology was told last */
};

G_DEFINE_FINAL_TYPE (UbFlashMap, ub_flash_map, GTK_TYPE_WIDGET)

/* The index of the partition that holds @sector, or -1. */
static int
find_partition (UbFlashMap *self, guint sector)
{
  guint32 address = sector * SECTOR_SIZE;

  for (guint i = 0; i < self->n_partitions; i++) {
    if (address >= self->partitions[i].address &&
        address - self->partitions[i].address < self->partitions[i].size)
      return i;
  }
  return -1;
}

/* Of several sectors in one cell the one that matters most is shown. */
static UbSectorState
get_cell_state (UbFlashMap *self, guint cell)
{
  static const guint8 weights[UB_N_SECTOR_STATES] = {
    [UB_SECTOR_UNKNOWN] = 0,     [UB_SECTOR_BLANK] = 1,    [UB_SECTOR_SAME] = 2,
    [UB_SECTOR_DATA] = 3,        [UB_SECTOR_VERIFIED] = 4, [UB_SECTOR_WRITTEN] = 5,
    [UB_SECTOR_WILL_CHANGE] = 6, [UB_SECTOR_KEPT] = 7,     [UB_SECTOR_ERASING] = 8,
    [UB_SECTOR_FAILED] = 9,
  };
  guint first = cell * self->grid.sectors_per_cell;
  guint8 state = UB_SECTOR_UNKNOWN;

  for (guint i = first; i < first + self->grid.sectors_per_cell && i < self->states->len; i++) {
    if (weights[self->states->data[i]] > weights[state])
      state = self->states->data[i];
  }
  return state;
}

static int
get_cell_partition (UbFlashMap *self, guint cell)
{
  return find_partition (self, cell * self->grid.sectors_per_cell);
}

static graphene_rect_t
get_cell_rect (UbFlashMap *self, guint cell)
{
  float size = self->grid.cell - self->grid.gap;

  return GRAPHENE_RECT_INIT ((cell % self->grid.columns) * self->grid.cell,
                             (cell / self->grid.columns) * self->grid.cell, size, size);
}

/* What is told of a cell in its tooltip and to assistive technology. */
static char *
describe_cell (UbFlashMap *self, guint cell)
{
  guint first = cell * self->grid.sectors_per_cell;
  int partition = get_cell_partition (self, cell);
  const char *state = ub_sector_state_get_title (get_cell_state (self, cell));

  if (partition < 0)
    return g_strdup_printf ("0x%06X · %s", first * SECTOR_SIZE, state);
  return g_strdup_printf ("0x%06X · %s · %s", first * SECTOR_SIZE,
                          ub_partition_get_title (&self->partitions[partition]), state);
}

static void
update_accessible (UbFlashMap *self)
{
  g_autofree char *label = NULL;

  if (self->states->len == 0)
    label = g_strdup (_ ("Flash map"));
  else
    label = describe_cell (self, self->cursor);
  if (g_strcmp0 (label, self->label) == 0)
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_free (self->label);
  self->label = g_steal_pointer (&label);
}

static void
unref_row (gpointer node)
{
  if (node != NULL)
    gsk_render_node_unref (node);
}

/* Everything is to be recorded anew. */
static void
forget_nodes (UbFlashMap *self)
{
  g_ptr_array_set_size (self->rows, 0);
  g_clear_pointer (&self->labels, gsk_render_node_unref);
}

static void
forget_row_of (UbFlashMap *self, guint sector)
{
  guint row = sector / self->grid.sectors_per_cell / self->grid.columns;

  if (row < self->rows->len)
    g_clear_pointer (&g_ptr_array_index (self->rows, row), gsk_render_node_unref);
}

static void
update_colors (UbFlashMap *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  ub_flash_map_colors_init (&self->colors, adw_style_manager_get_dark (style),
                            adw_style_manager_get_high_contrast (style));
  forget_nodes (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static GskRenderNode *
record_row (UbFlashMap *self, guint row)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  guint first = row * self->grid.columns;

  for (guint i = first; i < MIN (first + self->grid.columns, self->grid.n_cells); i++) {
    graphene_rect_t rect = get_cell_rect (self, i);

    ub_flash_map_cell_snapshot (&self->colors, snapshot, get_cell_state (self, i), &rect);
  }
  return gtk_snapshot_free_to_node (snapshot);
}

static void
snapshot_cells (UbFlashMap *self, GtkSnapshot *snapshot)
{
  g_ptr_array_set_size (self->rows, (int) self->grid.rows);
  for (guint row = 0; row < self->grid.rows; row++) {
    gpointer *node = &g_ptr_array_index (self->rows, row);

    if (*node == NULL)
      *node = record_row (self, row);
    gtk_snapshot_append_node (snapshot, *node);
  }
}

/* A line between every two neighbours of different partitions. */
static void
snapshot_outlines (UbFlashMap *self, GtkSnapshot *snapshot)
{
  const float cell = self->grid.cell, gap = self->grid.gap;

  for (guint i = 0; i < self->grid.n_cells; i++) {
    graphene_rect_t rect = get_cell_rect (self, i);
    int partition = get_cell_partition (self, i);
    float x = rect.origin.x, y = rect.origin.y;
    gboolean is_last = (i + 1) % self->grid.columns == 0 || i + 1 == self->grid.n_cells;

    if (!is_last && get_cell_partition (self, i + 1) != partition)
      gtk_snapshot_append_color (snapshot, &self->colors.outline,
                                 &GRAPHENE_RECT_INIT (x + cell - gap, y - gap, gap, cell + gap));
    if (i + self->grid.columns < self->grid.n_cells &&
        get_cell_partition (self, i + self->grid.columns) != partition)
      gtk_snapshot_append_color (snapshot, &self->colors.outline,
                                 &GRAPHENE_RECT_INIT (x - gap, y + cell - gap, cell + gap, gap));
  }
}

static void
snapshot_name (UbFlashMap *self, GtkSnapshot *snapshot, guint cell, guint n_cells, int partition)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (
      GTK_WIDGET (self), ub_partition_get_title (&self->partitions[partition]));
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  graphene_rect_t rect = get_cell_rect (self, cell);
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, &height);
  if (width + 8 > n_cells * self->grid.cell)
    return;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot,
      &GRAPHENE_POINT_INIT (rect.origin.x, rect.origin.y + (rect.size.height - height) / 2));
  gtk_snapshot_append_color (snapshot, &self->colors.plate,
                             &GRAPHENE_RECT_INIT (1, 0, width + 6, height));
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (4, 0));
  gtk_snapshot_append_layout (snapshot, layout, &self->colors.text);
  gtk_snapshot_restore (snapshot);
}

/* Each partition's name once, in its first row that has room for it. */
static void
snapshot_names (UbFlashMap *self, GtkSnapshot *snapshot)
{
  int named = -1;

  for (guint i = 0; i < self->grid.n_cells;) {
    int partition = get_cell_partition (self, i);
    guint n = 1;

    while ((i + n) % self->grid.columns != 0 && i + n < self->grid.n_cells &&
           get_cell_partition (self, i + n) == partition)
      n++;
    if (partition >= 0 && partition != named && n >= MIN_NAMED_CELLS) {
      snapshot_name (self, snapshot, i, n, partition);
      named = partition;
    }
    i += n;
  }
}

static void
snapshot_labels (UbFlashMap *self, GtkSnapshot *snapshot)
{
  if (self->labels == NULL) {
    GtkSnapshot *labels = gtk_snapshot_new ();

    snapshot_outlines (self, labels);
    snapshot_names (self, labels);
    self->labels = gtk_snapshot_free_to_node (labels);
  }
  /* A chip without partitions has none. */
  if (self->labels != NULL)
    gtk_snapshot_append_node (snapshot, self->labels);
}

static void
snapshot_cursor (UbFlashMap *self, GtkSnapshot *snapshot)
{
  graphene_rect_t rect = get_cell_rect (self, self->cursor);
  GskRoundedRect outline;
  const float width[] = { 2, 2, 2, 2 };
  const GdkRGBA colors[] = { self->colors.text, self->colors.text, self->colors.text,
                             self->colors.text };

  graphene_rect_inset (&rect, -2, -2);
  gsk_rounded_rect_init_from_rect (&outline, &rect, 3);
  gtk_snapshot_append_border (snapshot, &outline, width, colors);
}

static void
ub_flash_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UbFlashMap *self = UB_FLASH_MAP (widget);

  if (self->states->len == 0)
    return;
  snapshot_cells (self, snapshot);
  snapshot_labels (self, snapshot);
  if (gtk_widget_has_visible_focus (widget))
    snapshot_cursor (self, snapshot);
}

static GtkSizeRequestMode
ub_flash_map_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* Until the chip is known it takes the room of a 2 MiB chip, the usual one. */
static guint
get_n_sectors (UbFlashMap *self)
{
  return self->states->len > 0 ? self->states->len : 512;
}

static void
ub_flash_map_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  UbFlashMap *self = UB_FLASH_MAP (widget);
  UbFlashMapGrid grid;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 256;
    *natural = 768;
    return;
  }
  ub_flash_map_grid_init (&grid, get_n_sectors (self), for_size > 0 ? for_size : 256);
  *minimum = *natural = ub_flash_map_grid_get_height (&grid);
}

static void
ub_flash_map_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UbFlashMap *self = UB_FLASH_MAP (widget);

  ub_flash_map_grid_init (&self->grid, get_n_sectors (self), width);
  forget_nodes (self);
}

/* Fonts are part of what was recorded. */
static void
ub_flash_map_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ub_flash_map_parent_class)->css_changed (widget, change);
  forget_nodes (UB_FLASH_MAP (widget));
}

static gboolean
query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  UbFlashMap *self = UB_FLASH_MAP (widget);
  int cell = keyboard ? (int) self->cursor : ub_flash_map_grid_find (&self->grid, x, y);
  g_autofree char *text = NULL;
  graphene_rect_t rect;

  if (self->states->len == 0 || cell < 0)
    return FALSE;
  text = describe_cell (self, cell);
  gtk_tooltip_set_text (tooltip, text);
  rect = get_cell_rect (self, cell);
  gtk_tooltip_set_tip_area (tooltip,
                            &(GdkRectangle) { (int) rect.origin.x, (int) rect.origin.y,
                                              (int) rect.size.width, (int) rect.size.height });
  return TRUE;
}

static void
set_cursor (UbFlashMap *self, guint cell)
{
  self->cursor = cell;
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
}

/* The arguments are how many cells and how many rows to move; the ends of the chip stop it. */
static gboolean
move_cursor (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  UbFlashMap *self = UB_FLASH_MAP (widget);
  int cells, rows, target;

  g_variant_get (args, "(ii)", &cells, &rows);
  target = (int) self->cursor + cells + rows * (int) self->grid.columns;
  if (self->states->len == 0)
    return FALSE;
  set_cursor (self, CLAMP (target, 0, (int) self->grid.n_cells - 1));
  return TRUE;
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  UbFlashMap *self = UB_FLASH_MAP (user_data);
  int cell = ub_flash_map_grid_find (&self->grid, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (cell >= 0)
    set_cursor (self, cell);
}

static void
ub_flash_map_dispose (GObject *object)
{
  UbFlashMap *self = UB_FLASH_MAP (object);

  g_clear_object (&self->map);

  G_OBJECT_CLASS (ub_flash_map_parent_class)->dispose (object);
}

static void
ub_flash_map_finalize (GObject *object)
{
  UbFlashMap *self = UB_FLASH_MAP (object);

  g_byte_array_unref (self->states);
  g_ptr_array_unref (self->rows);
  g_clear_pointer (&self->labels, gsk_render_node_unref);
  g_free (self->label);

  G_OBJECT_CLASS (ub_flash_map_parent_class)->finalize (object);
}

static void
add_bindings (GtkWidgetClass *widget_class)
{
  static const struct {
    guint key;
    int cells;
    int rows;
  } moves[] = {
    { GDK_KEY_Left, -1, 0 },    { GDK_KEY_Right, 1, 0 },         { GDK_KEY_Up, 0, -1 },
    { GDK_KEY_Down, 0, 1 },     { GDK_KEY_Home, -(1 << 20), 0 }, { GDK_KEY_End, 1 << 20, 0 },
    { GDK_KEY_Page_Up, 0, -4 }, { GDK_KEY_Page_Down, 0, 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding (widget_class, moves[i].key, 0, move_cursor, "(ii)",
                                  moves[i].cells, moves[i].rows);
}

static void
ub_flash_map_class_init (UbFlashMapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ub_flash_map_dispose;
  object_class->finalize = ub_flash_map_finalize;

  widget_class->snapshot = ub_flash_map_snapshot;
  widget_class->get_request_mode = ub_flash_map_get_request_mode;
  widget_class->measure = ub_flash_map_measure;
  widget_class->size_allocate = ub_flash_map_size_allocate;
  widget_class->css_changed = ub_flash_map_css_changed;
  widget_class->query_tooltip = query_tooltip;

  gtk_widget_class_set_css_name (widget_class, "flashmap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  add_bindings (widget_class);
}

static void
ub_flash_map_init (UbFlashMap *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->states = g_byte_array_new ();
  self->rows = g_ptr_array_new_with_free_func (unref_row);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_VISIBLE);

  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));

  g_signal_connect_object (style, "notify::dark", G_CALLBACK (update_colors), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (update_colors), self,
                           G_CONNECT_SWAPPED);
  update_colors (self);
  update_accessible (self);
}

/**
 * ub_flash_map_new:
 *
 * Returns: (transfer floating): an empty map
 */
GtkWidget *
ub_flash_map_new (void)
{
  return g_object_new (UB_TYPE_FLASH_MAP, NULL);
}

/**
 * ub_flash_map_set_sector_map:
 * @self: a map
 * @map: (nullable): what to show; it may go on changing in another thread
 */
void
ub_flash_map_set_sector_map (UbFlashMap *self, UbSectorMap *map)
{
  g_return_if_fail (UB_IS_FLASH_MAP (self));

  if (g_set_object (&self->map, map)) {
    self->serial = 0;
    self->cursor = 0;
    g_byte_array_set_size (self->states, 0);
    forget_nodes (self);
    gtk_widget_queue_resize (GTK_WIDGET (self));
    ub_flash_map_update (self);
  }
}

/**
 * ub_flash_map_set_partitions:
 * @self: a map
 * @partitions: (array length=n) (nullable): outlines and names, which must outlive the map, as those of
 *   ub_flash_layout_get() do
 * @n: their number
 */
void
ub_flash_map_set_partitions (UbFlashMap *self, const UbPartition *partitions, guint n)
{
  g_return_if_fail (UB_IS_FLASH_MAP (self));

  self->partitions = partitions;
  self->n_partitions = n;
  forget_nodes (self);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Takes over what the sectors hold now; rows in which nothing changed stay as they are recorded. */
static void
copy_states (UbFlashMap *self)
{
  const guint n = self->states->len;
  g_autofree guint8 *states = g_malloc0 (n + 1);

  ub_sector_map_copy (self->map, states, n);
  for (guint i = 0; i < n; i++) {
    if (self->states->data[i] == states[i])
      continue;
    self->states->data[i] = states[i];
    forget_row_of (self, i);
  }
}

/**
 * ub_flash_map_update:
 * @self: a map
 *
 * Shows the sector map's present states. Costs nothing when none has changed.
 */
void
ub_flash_map_update (UbFlashMap *self)
{
  guint n, serial;

  g_return_if_fail (UB_IS_FLASH_MAP (self));

  if (self->map == NULL)
    return;
  serial = ub_sector_map_get_serial (self->map);
  if (serial == self->serial)
    return;
  self->serial = serial;

  n = ub_sector_map_get_size (self->map);
  if (n != self->states->len) {
    g_byte_array_set_size (self->states, n);
    if (n > 0)
      memset (self->states->data, UB_SECTOR_UNKNOWN, n);
    forget_nodes (self);
    ub_flash_map_grid_init (&self->grid, get_n_sectors (self),
                            MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1));
    self->cursor = MIN (self->cursor, MAX (self->grid.n_cells, 1) - 1);
    gtk_widget_queue_resize (GTK_WIDGET (self));
  }
  copy_states (self);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
