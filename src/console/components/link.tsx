import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { hrefOf, type Query } from '../hooks/address.js';
import { useRouter } from '../hooks/router.js';

interface LinkProps {
  /** The page, then of what: `['hosts', 'node1']`. */
  readonly to: readonly string[];
  readonly query?: Query;
  readonly class?: string;
  readonly title?: string;
  /** It leads to where the reader is. */
  readonly isHere?: boolean;
  readonly children: ComponentChildren;
}

/**
 * Leads to another page without loading it, of the same cluster unless `query` names one; where there is no such page it is text.
 */
export function Link({ to, query = {}, class: className, title, isHere, children }: LinkProps) {
  const { address, pages, go } = useRouter();
  if (!pages.has(to[0] ?? ''))
    return (
      <span class={className} title={title}>
        {children}
      </span>
    );
  const href = hrefOf({ segments: to, query: { cluster: address.query['cluster'], ...query } });
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} class={className} title={title} aria-current={isHere ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
