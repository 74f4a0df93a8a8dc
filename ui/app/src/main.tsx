import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { router } from "@/app/router";
import { followEvents } from "@/lib/events";
import { i18n } from "@/lib/i18n";
import { applyPreferences } from "@/lib/preferences";
import { queryClient } from "@/lib/query";
import { signInWithTicket } from "@/lib/session";
import { followRoom } from "@/lib/use-wide";
import "@/styles/app.css";

applyPreferences();
followRoom();
await signInWithTicket();
followEvents(queryClient);

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no place for the interface.");
createRoot(root).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);
