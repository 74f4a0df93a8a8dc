import { useQuery } from "@tanstack/react-query";
import { allPages } from "./all-pages";
import { api, unwrap } from "./api";

/** All of them: they are chosen from and nest, which a part cannot show. */
export function useCollections() {
  return useQuery({
    queryKey: ["collections"],
    queryFn: async ({ signal }) => ({
      items: await allPages((query) => unwrap(api.GET("/api/collections", { params: { query }, signal }))),
    }),
  });
}
