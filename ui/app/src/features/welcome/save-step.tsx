import { FileText, Paperclip } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { useWords } from "@/lib/i18n";
import { meaningOf, saveItem } from "@/lib/saving";
import { saveFiles } from "@/lib/saving-files";

/** Something to begin with: pasted, a sample, or files. */
export function SaveStep({ onDone }: { onDone: () => void }) {
  const words = useWords();
  const [text, setText] = useState("");
  const save = () => {
    if (!text.trim()) return;
    void saveItem(meaningOf(text));
    setText("");
    onDone();
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextField
        label={words("capture.what")}
        placeholder={words("capture.placeholder")}
        value={text}
        onChange={setText}
        rows={4}
        onKeyDown={(event) => {
          const oneLine = !text.includes("\n");
          if (event.key === "Enter" && !event.shiftKey && (oneLine || event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            save();
          } else event.continuePropagation();
        }}
      />
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" type="submit" isDisabled={!text.trim()}>
          {words("capture.save")}
        </Button>
        <FileTrigger
          allowsMultiple
          onSelect={(files) => {
            if (files === null) return;
            void saveFiles([...files]);
            onDone();
          }}
        >
          <Button icon={Paperclip}>{words("capture.files")}</Button>
        </FileTrigger>
        <Button
          icon={FileText}
          onPress={() => {
            void saveItem({
              title: words("welcome.sample.title"),
              content: words("welcome.sample.text"),
              content_type: "text/markdown",
            });
            onDone();
          }}
        >
          {words("welcome.sample")}
        </Button>
      </div>
    </form>
  );
}
