/** Words of what takes its time, wherever that is shown: models that are loaded down, how long is left. */
export const progress = {
  "pull.start": "Download",
  "pull.start.size": "Download ({size})",
  "pull.start.of": "Download {model}",
  "pull.progress": "Downloading {model}",
  "pull.starting": "Starting…",
  "pull.of": "{done} of {total}",
  "pull.cancel.of": "Stop downloading {model}",
  "pull.done": "{model} is here",
  "pull.failed": "{model} could not be downloaded: {reason}",
  "pull.cancelled": "{model} was stopped. What was downloaded is kept for the next time.",
  "embedding.left": "{time} left",
  "duration.seconds": "about {count, plural, one {# second} other {# seconds}}",
  "duration.minutes": "about {count, plural, one {# minute} other {# minutes}}",
  "duration.hours": "about {count, plural, one {# hour} other {# hours}}",
} as const;
