/** The titles of the columns, as the first row of a table of `VirtualRows`. */
export const ColumnHeads = ({ columns }: { readonly columns: readonly string[] }) => (
  <div role="rowgroup" class="columns">
    <div role="row" aria-rowindex={1} class="row">
      {columns.map((column) => (
        <div key={column} role="columnheader">
          {column}
        </div>
      ))}
    </div>
  </div>
);
