/** Words of the activity view. */
export const activity = {
  "activity.title": "Activity",
  "activity.totals": "{pending, number} waiting · {processing, number} in work · {failed, number} failed",
  "activity.rate": "{rate, plural, one {# item} other {# items}} a minute",
  "activity.writing":
    "{count, plural, one {# item waits for a written summary} other {# items wait for a written summary}}",
  "activity.pause": "Pause",
  "activity.resume": "Go on",
  "activity.paused": "Paused: nothing new is begun. What you save is kept.",
  "activity.retryAll": "Retry all failed",
  "activity.retried":
    "{count, plural, =0 {Nothing had failed} one {One item is tried again} other {# items are tried again}}",
  "activity.attempts": "{count, plural, one {# try} other {# tries}}",
  "activity.retry": "Try again: {title}",
  "activity.undo": "Undo: {change}",
  "activity.waiting": "Waiting for something",
  "activity.next.title": "Next",
  "activity.more":
    "The first {shown, number} of {total, number} are shown here. All of them, in the library:",
  "activity.next": "next try {when}",
  "activity.empty": "Everything is processed",
  "activity.empty.text": "New items appear here while they are read, summarised and indexed.",
  "activity.recent": "Recent changes",
  "activity.alike": "{count, plural, one {# item} other {# items}}: {reason}",
} as const;
