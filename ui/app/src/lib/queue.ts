import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "./api";

/** How much is to be processed, and whether that is paused. */
export function useQueueSummary() {
  return useQuery({
    queryKey: ["queue", "summary"],
    queryFn: () => unwrap(api.GET("/api/processing/queue")),
  });
}
