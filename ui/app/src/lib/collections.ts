import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "./api";

export function useCollections() {
  return useQuery({
    queryKey: ["collections"],
    queryFn: () => unwrap(api.GET("/api/collections", { params: { query: { limit: 200 } } })),
  });
}
