import type { Schemas } from "@cortex/api-client";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { api, unwrap } from "@/lib/api";
import { tellProblem } from "@/lib/undo";
import type { ItemDetail } from "../api";

export type PageImage = Schemas["ImageShown"];

/** The images that are being fetched now, and what fetches more: the server asks for them, never this page. */
export function useFetching(itemId: string) {
  const queries = useQueryClient();
  const [fetching, setFetching] = useState<ReadonlySet<string>>(new Set());
  const fetch = useCallback(
    async (sources: string[], src?: string) => {
      setFetching((now) => new Set([...now, ...sources]));
      try {
        const { images } = await unwrap(
          api.POST("/api/items/{item_id}/images/fetch", {
            params: { path: { item_id: itemId } },
            body: src === undefined ? {} : { src },
          }),
        );
        queries.setQueryData<ItemDetail>(
          ["item", "detail", itemId],
          (item) => item && withImages(item, images),
        );
      } catch (error) {
        tellProblem(error);
        void queries.invalidateQueries({ queryKey: ["item", "detail", itemId] });
      } finally {
        setFetching((now) => new Set([...now].filter((source) => !sources.includes(source))));
      }
    },
    [itemId, queries],
  );
  return { fetching, fetch };
}

function withImages(item: ItemDetail, images: PageImage[]): ItemDetail {
  const others = item.images.filter((each) => !images.some(({ src }) => src === each.src));
  return { ...item, images: [...others, ...images] };
}
