import { I18nProvider } from "@lingui/react";
import { QueryClient, QueryClientProvider, useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import { DraftDialog } from "@/components/draft-dialog";
import { TextField } from "@/components/ui/field";
import { type TypedDraft, useTyped } from "@/lib/drafts";
import { i18n } from "@/lib/i18n";

afterEach(() => localStorage.clear());

const queries = new QueryClient();
const wrapper = ({ children }: { children: ReactNode }) => (
  <I18nProvider i18n={i18n}>
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  </I18nProvider>
);
const shown = (form: ReactNode) => render(form, { wrapper });

let draft: TypedDraft<string>;
function Form({ stored, name = "note:item_1" }: { stored: string; name?: string }) {
  draft = useTyped(name, stored);
  return <input aria-label="Note" value={draft.value} onChange={(event) => draft.set(event.target.value)} />;
}

test("what was typed outlives the form, and another key has its own", async () => {
  const first = await shown(<Form stored="old" />);
  await first.getByRole("textbox").fill("typed");
  await first.unmount();
  const again = await shown(<Form stored="old" />);
  await expect.element(again.getByRole("textbox")).toHaveValue("typed");
  expect(draft.isChanged).toBe(true);
  await again.rerender(<Form stored="other" name="note:item_2" />);
  await expect.element(again.getByRole("textbox")).toHaveValue("other");
  expect(draft.isChanged).toBe(false);
});

test("what was sent is forgotten once it is stored, what was typed meanwhile is not", async () => {
  const screen = await shown(<Form stored="old" />);
  let answer = () => {};
  const send = vi.fn(
    () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
  );
  await screen.getByRole("textbox").fill("sent");
  const isStored = draft.store(send);
  await screen.getByRole("textbox").fill("sent and more");
  answer();
  expect(await isStored).toBe(true);
  expect(send).toHaveBeenCalledExactlyOnceWith("sent");
  await expect.element(screen.getByRole("textbox")).toHaveValue("sent and more");
  expect(await draft.store(() => Promise.reject(new Error("away")))).toBe(false);
  await expect.element(screen.getByRole("textbox")).toHaveValue("sent and more");
  expect(await draft.store(() => Promise.resolve())).toBe(true);
  await expect.element(screen.getByRole("textbox")).toHaveValue("old");
  expect(localStorage.length).toBe(0);
});

test("a form in a dialog keeps what is typed, says so when it is opened again, and closes once it is stored", async () => {
  let answer = (): Promise<void> => Promise.reject(new Error("away"));
  const stored: string = "old";
  const saved: string[] = [];
  const onClose = vi.fn();
  const dialog = (
    <DraftDialog
      title="Note"
      draft="note:item_1"
      stored={stored}
      isComplete={(note) => note !== ""}
      onSave={(note) => {
        saved.push(note);
        return answer();
      }}
      onClose={onClose}
    >
      {(note, set) => <TextField label="Text" value={note} onChange={set} rows={2} />}
    </DraftDialog>
  );
  const first = await shown(dialog);
  const kept = "What you typed before is not saved yet.";
  await first.getByRole("textbox").fill("half a");
  expect(first.getByText(kept).query()).toBe(null);
  await first.unmount();

  const again = await shown(dialog);
  await expect.element(again.getByText(kept)).toBeInTheDocument();
  await again.getByRole("button", { name: "Discard" }).click();
  await expect.element(again.getByRole("textbox")).toHaveValue("old");
  await expect.element(again.getByRole("textbox")).toHaveFocus();
  expect(again.getByText(kept).query()).toBe(null);

  await again.getByRole("textbox").fill("");
  await again.getByRole("button", { name: "Save" }).click();
  await again.getByRole("textbox").fill("all of it");
  await again.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => saved).toEqual(["all of it"]);
  expect(onClose).not.toHaveBeenCalled();
  await expect.element(again.getByRole("textbox")).toHaveValue("all of it");
  answer = () => Promise.resolve();
  await again.getByRole("textbox").click();
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  await expect.poll(() => onClose.mock.calls.length).toBe(1);
  expect(saved).toEqual(["all of it", "all of it"]);
  expect(localStorage.length).toBe(0);
});

test("a draft that is taken back, or turns out to be stored, is none", async () => {
  const screen = await shown(<Form stored="old" />);
  await screen.getByRole("textbox").fill("new");
  await screen.getByRole("textbox").fill("old");
  await expect.poll(() => localStorage.length).toBe(0);
  await screen.getByRole("textbox").fill("new");
  await screen.unmount();
  await shown(<Form stored="new" />);
  await expect.poll(() => localStorage.length).toBe(0);
});

test("the fields of a form are one draft, which another window sees", async () => {
  function Fields() {
    const fields = useTyped("task:new", { title: "", due: "" });
    return <output>{`${fields.value.title} ${fields.value.due}`}</output>;
  }
  const screen = await shown(<Fields />);
  const typed = JSON.stringify({ title: "Call", due: "Monday" });
  localStorage.setItem("cortex-typed:task:new", typed);
  dispatchEvent(new StorageEvent("storage", { key: "cortex-typed:task:new", newValue: typed }));
  await expect.element(screen.getByRole("status")).toHaveTextContent("Call Monday");
});

test("what is shown as stored while it is on its way is kept until it is", async () => {
  let refuse = (_: Error) => {};
  const answer = new Promise<void>((_, reject) => {
    refuse = reject;
  });
  let send = () => {};
  function Sender() {
    const { mutate } = useMutation({ mutationFn: () => answer });
    send = mutate;
    return null;
  }
  const form = (stored: string) => (
    <>
      <Sender />
      <Form stored={stored} />
    </>
  );
  const screen = await shown(form("old"));
  await screen.getByRole("textbox").fill("sent");
  send();
  await expect.poll(() => queries.isMutating()).toBe(1);
  await screen.rerender(form("sent"));
  await expect.poll(() => draft.isChanged).toBe(false);
  draft.set("sent");
  await screen.rerender(form("old"));
  refuse(new Error("away"));
  await expect.poll(() => queries.isMutating()).toBe(0);
  expect(draft.isChanged).toBe(true);
  await expect.element(screen.getByRole("textbox")).toHaveValue("sent");
});
