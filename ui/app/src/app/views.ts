/** The views that are not there at first, each a part of its own, in the order in which they are likely to be wanted. */
export const views = {
  reader: () => import("@/features/reader"),
  search: () => import("@/features/search"),
  chat: () => import("@/features/chat"),
  digest: () => import("@/features/digest"),
  tasks: () => import("@/features/tasks"),
  organise: () => import("@/features/organise"),
  connections: () => import("@/features/connections"),
  activity: () => import("@/features/activity"),
  settings: () => import("@/features/settings"),
};
export const VIEWS = Object.values(views);
