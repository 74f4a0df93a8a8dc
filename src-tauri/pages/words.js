/** All words of the bundled page. A stage without choices waits; `afterLong` then says for what, after a while. */
const steps = {
  opening: {
    said: "Opening your library…",
    afterLong:
      "Still waiting for the library to open. After an update or a sudden power cut it is checked first, which takes longer the more it holds. Nothing is wrong so far.",
  },
  adopting: {
    said: "Another Cortex has your library open. Joining it…",
    afterLong: "Still waiting for the Cortex that has your library open to answer.",
  },
};

const kept = "Everything that Cortex had confirmed as saved is on disk.";

export const words = {
  again: "Try again",
  otherPort: "Use another port",
  logs: "Open log folder",
  quit: "Quit",
  logFile: (file) => `The whole log is in ${file}.`,
  stages: {
    starting: ({ step }) => ({ title: "Cortex", ...steps[step] }),
    restarting: ({ crashes }) => ({
      title: "Cortex",
      said: crashes > 1 ? `Starting again, for the ${crashes}. time…` : "Starting again…",
      afterLong: `${crashes > 0 ? "Cortex ended unexpectedly and is started again." : "Cortex is started again."} ${kept}`,
    }),
    serving: () => ({
      title: "Cortex",
      said: "Signing this window in…",
      afterLong: "Still waiting for Cortex to let this window in.",
    }),
    port_taken: ({ port, message }) => ({
      title: `Port ${port} is taken`,
      said: message,
      more: `Nothing was sent to that program, and your library is untouched. Another port works just as well in this window, which comes back to it from then on; the browser extension has to be paired with it again.`,
      choices: ["otherPort", "again", "quit"],
    }),
    library_held: ({ message }) => ({
      title: "Your library is open elsewhere",
      said: message,
      more: "It does not answer this window. Stop that Cortex, then try again. Your library is untouched.",
      choices: ["again", "quit"],
    }),
    refused: ({ message }) => ({
      title: "Cortex could not be started",
      said: message,
      more: "Your library is untouched.",
      choices: ["again", "logs", "quit"],
    }),
    gave_up: ({ crashes }) => ({
      title: "Cortex keeps ending",
      said: `It ended unexpectedly ${crashes} times in a row, so it is not started again by itself.`,
      more: `${kept} Try again; if it ends once more, the last lines below say why.`,
      choices: ["again", "logs", "quit"],
    }),
  },
};
