interface Page<One> {
  items: One[];
  next_cursor: string | null;
}

/** A list to its end, page after page, for what is only of use as a whole. */
export async function allPages<One, Whole extends Page<One>>(
  page: (at: { limit: number; cursor?: string }) => Promise<Whole & Page<One>>,
): Promise<One[]> {
  const all: One[] = [];
  for (let cursor: string | undefined; ; ) {
    const part = await page({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...part.items);
    if (part.next_cursor === null) return all;
    cursor = part.next_cursor;
  }
}
