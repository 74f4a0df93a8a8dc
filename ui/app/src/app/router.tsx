/**
 * The URL is the state: every view has its address, its search parameters are typed. All but the library, where
 * most begin, are loaded once there is nothing else to do, or when they are shown (`views.ts`).
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { readChatSearch } from "@/features/chat/search-params";
import { LibraryView, TrashView } from "@/features/library";
import { readSearch, readTrashSearch } from "@/features/library/filters";
import { readReaderSearch } from "@/features/reader/search-params";
import { readSearchParams } from "@/features/search/search-params";
import { readWelcomeSearch } from "@/features/welcome/steps";
import { isDesktop } from "@/lib/desktop";
import { isFirstStart } from "@/lib/first-start";
import { whenThere } from "@/lib/load-later";
import { ViewError } from "./boundaries";
import { Shell } from "./shell";
import { views } from "./views";

const NotFound = lazyRouteComponent(() => whenThere(() => import("@/components/not-found")), "NotFound");
const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: ViewError });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async () => {
    throw redirect({ to: (await isFirstStart()) ? "/welcome" : "/library" });
  },
});

/** What `read` does not know of an address is as if it was not there: the router itself would hand it on. */
function only<Params extends object>(read: (given: Record<string, unknown>) => Params) {
  return (given: Record<string, unknown>): Params => {
    const nothing = Object.fromEntries(Object.keys(given).map((name) => [name, undefined]));
    return { ...nothing, ...read(given) };
  };
}

const library = createRoute({
  getParentRoute: () => root,
  path: "/library",
  validateSearch: only(readSearch),
  component: LibraryView,
});

const trash = createRoute({
  getParentRoute: () => root,
  path: "/library/trash",
  validateSearch: only(readTrashSearch),
  component: TrashView,
});

const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  validateSearch: only(readSearchParams),
  component: lazyRouteComponent(() => whenThere(views.search), "SearchView"),
});

const chat = createRoute({
  getParentRoute: () => root,
  path: "/chat",
  validateSearch: only(readChatSearch),
  component: lazyRouteComponent(() => whenThere(views.chat), "ChatView"),
});

const conversation = createRoute({
  getParentRoute: () => root,
  path: "/chat/$conversationId",
  validateSearch: only(readChatSearch),
  component: lazyRouteComponent(() => whenThere(views.chat), "ChatView"),
});

const item = createRoute({
  getParentRoute: () => root,
  path: "/item/$itemId",
  validateSearch: only(readReaderSearch),
  component: lazyRouteComponent(() => whenThere(views.reader), "ReaderView"),
});

const connections = createRoute({
  getParentRoute: () => root,
  path: "/connections",
  validateSearch: (given: Record<string, unknown>): { view?: "graph"; focus?: string } => ({
    ...(given.view === "graph" ? { view: "graph" } : {}),
    ...(typeof given.focus === "string" ? { focus: given.focus } : {}),
  }),
  component: lazyRouteComponent(() => whenThere(views.connections), "ConnectionsView"),
});

const digest = createRoute({
  getParentRoute: () => root,
  path: "/digest",
  component: lazyRouteComponent(() => whenThere(views.digest), "LatestDigestView"),
});

const oneDigest = createRoute({
  getParentRoute: () => root,
  path: "/digest/$digestId",
  component: lazyRouteComponent(() => whenThere(views.digest), "DigestView"),
});

const activity = createRoute({
  getParentRoute: () => root,
  path: "/activity",
  component: lazyRouteComponent(() => whenThere(views.activity), "ActivityView"),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: "/tasks",
  validateSearch: (given: Record<string, unknown>): { status?: "done" } =>
    given.status === "done" ? { status: "done" } : {},
  component: lazyRouteComponent(() => whenThere(views.tasks), "TasksView"),
});

const organise = createRoute({
  getParentRoute: () => root,
  path: "/organise",
  beforeLoad: () => {
    throw redirect({ to: "/organise/tags" });
  },
});

const tags = createRoute({
  getParentRoute: () => root,
  path: "/organise/tags",
  component: lazyRouteComponent(() => whenThere(views.organise), "TagsView"),
});

const collections = createRoute({
  getParentRoute: () => root,
  path: "/organise/collections",
  component: lazyRouteComponent(() => whenThere(views.organise), "CollectionsView"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  beforeLoad: () => {
    throw redirect({ to: "/settings/models" });
  },
});

const modelsSettings = createRoute({
  getParentRoute: () => root,
  path: "/settings/models",
  component: lazyRouteComponent(() => whenThere(views.settings), "ModelsView"),
});

const privacySettings = createRoute({
  getParentRoute: () => root,
  path: "/settings/privacy",
  component: lazyRouteComponent(() => whenThere(views.settings), "PrivacyView"),
});

const captureSettings = createRoute({
  getParentRoute: () => root,
  path: "/settings/capture",
  component: lazyRouteComponent(() => whenThere(views.settings), "CaptureView"),
});

const appearanceSettings = createRoute({
  getParentRoute: () => root,
  path: "/settings/appearance",
  component: lazyRouteComponent(() => whenThere(views.settings), "AppearanceView"),
});

const shortcutsSettings = createRoute({
  getParentRoute: () => root,
  path: "/settings/shortcuts",
  component: lazyRouteComponent(() => whenThere(views.settings), "ShortcutsView"),
});

const dataSettings = createRoute({
  getParentRoute: () => root,
  path: "/settings/data",
  component: lazyRouteComponent(() => whenThere(views.settings), "StorageView"),
});

const desktopSettings = createRoute({
  getParentRoute: () => root,
  path: "/settings/desktop",
  beforeLoad: () => {
    if (!isDesktop) throw redirect({ to: "/settings/models" });
  },
  component: lazyRouteComponent(() => whenThere(views.settings), "DesktopView"),
});

const aboutSettings = createRoute({
  getParentRoute: () => root,
  path: "/settings/about",
  component: lazyRouteComponent(() => whenThere(views.settings), "AboutView"),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  validateSearch: readWelcomeSearch,
  component: lazyRouteComponent(() => whenThere(() => import("@/features/welcome")), "WelcomeView"),
});

const capture = createRoute({
  getParentRoute: () => root,
  path: "/capture",
  component: lazyRouteComponent(
    () => import("@/features/capture/components/capture-window"),
    "CaptureWindow",
  ),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    library,
    trash,
    item,
    search,
    chat,
    conversation,
    connections,
    digest,
    oneDigest,
    activity,
    tasks,
    organise,
    tags,
    collections,
    settings,
    modelsSettings,
    privacySettings,
    captureSettings,
    appearanceSettings,
    shortcutsSettings,
    dataSettings,
    desktopSettings,
    aboutSettings,
    welcome,
    capture,
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: ViewError,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
