/** Workers made of this build's own files: the only script addresses that the page's policy lets through. */
interface ScriptUrlPolicy {
  createScriptURL: (address: string) => unknown;
}
interface TrustedTypesFactory {
  createPolicy: (name: string, rules: { createScriptURL: (address: string) => string }) => ScriptUrlPolicy;
}

const factory = (globalThis as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
const policy = factory?.createPolicy("cortex-workers", {
  createScriptURL: (address) => {
    const url = new URL(address, location.origin);
    const isOwn = url.origin === location.origin && url.pathname.startsWith("/assets/");
    if (!isOwn && !import.meta.env.DEV)
      throw new TypeError("Only this build's own files may run in a worker.");
    return url.href;
  },
});

/** Start a worker from an address that `?worker&url` gave. */
export function ownWorker(address: string): Worker {
  const trusted = policy ? (policy.createScriptURL(address) as string) : address;
  return new Worker(trusted, { type: "module" });
}
