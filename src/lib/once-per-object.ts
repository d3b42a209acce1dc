/** `compute` for immutable objects: done once in the life of each, kept no longer than the object itself. */
export function oncePerObject<K extends object, V extends string | object>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = compute(key)));
    return value;
  };
}
