import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "./problem";

/** Server state. Nothing is polled and nothing is read again by itself: the event stream says what changed. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: "always",
      retry: (failures, error) => asProblem(error).isAway && failures < 3,
    },
    mutations: { networkMode: "always", retry: false },
  },
});
