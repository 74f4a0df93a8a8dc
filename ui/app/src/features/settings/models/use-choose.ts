import { create } from "zustand";
import { type AiChange, type AiSettings, useSaveAi } from "@/lib/ai";
import type { MessageId } from "@/lib/i18n";
import { type Choice, newPlaces } from "./places";

interface Asked {
  places: string[];
  allow: () => void;
}

/** The question that is open now: whether text may go to places where none went before. */
export const useConsent = create<{ asked: Asked | null }>()(() => ({ asked: null }));

/** Ask the owner; `allow` is called when they say yes. */
export function askForPlaces(places: string[], allow: () => void): void {
  useConsent.setState({ asked: { places, allow } });
}

function after(settings: AiSettings, change: AiChange): Choice {
  return {
    provider: change.provider ?? settings.provider,
    cloud: { ...settings.cloud, ...withoutUndefined(change.cloud ?? {}) },
    fallbacks: change.fallbacks ?? settings.fallbacks,
  };
}

/** Change the settings. Before text could go to a new place, the owner is asked. */
export function useChoose(settings: AiSettings) {
  const save = useSaveAi();
  const store = (change: AiChange, said: MessageId, then?: () => void) =>
    save.mutate(
      { change, said },
      {
        onSuccess: ({ data }) => {
          then?.();
          const known = new Set(settings.consent_needed);
          const places = data.consent_needed.filter((place) => !known.has(place));
          if (places.length > 0) askForPlaces(places, () => allow(data, places));
        },
      },
    );
  const allow = (now: AiSettings, places: string[]) =>
    save.mutate({ change: { remote_hosts: [...now.remote_hosts, ...places] }, said: "models.allowed" });
  return {
    isPending: save.isPending,
    allow: (places: string[]) => askForPlaces(places, () => allow(settings, places)),
    choose: (change: AiChange, said: MessageId, then?: () => void) => {
      const places = newPlaces(settings, after(settings, change));
      if (places.length > 0) askForPlaces(places, () => store(change, said, then));
      else store(change, said, then);
    },
  };
}

function withoutUndefined<Some extends object>(given: Some): Some {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Some;
}
