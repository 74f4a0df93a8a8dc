import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "./api";

/** What is to be processed, and whether that is paused. */
export function useQueue() {
  return useQuery({
    queryKey: ["queue"],
    queryFn: () => unwrap(api.GET("/api/processing/queue")),
  });
}
