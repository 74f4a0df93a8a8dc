import { Link } from "@tanstack/react-router";
import { Crosshair, TextQuote } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import { placeOf } from "@/lib/passages";
import { asProblem } from "@/lib/problem";
import { type Graph, usePassages } from "../api";

interface ConnectionRowProps {
  edge: Graph["edges"][number];
  titleOf: (id: string) => string;
  isOpen: boolean;
  onToggle: () => void;
  onFocus: (id: string) => void;
}

/** A pair: how strongly it is connected, why, and, when asked, the passages that are alike. */
export function ConnectionRow({ edge, titleOf, isOpen, onToggle, onFocus }: ConnectionRowProps) {
  const words = useWords();
  const percent = Math.round(edge.score * 100);
  return (
    <>
      <div className="flex items-center gap-3">
        <span className="flex w-16 shrink-0 flex-col gap-1 text-12 text-muted">
          <span className="tabular-nums">{words("connections.strength.of", { percent })}</span>
          <span aria-hidden className="h-1.5 overflow-hidden rounded-full border border-control bg-surface">
            <span className="block h-full bg-accent" style={{ width: `${percent}%` }} />
          </span>
        </span>
        <span className="min-w-0 flex-1">
          <span className="flex min-w-0 gap-2 max-medium:flex-col max-medium:gap-0">
            {[edge.source, edge.target].map((id, index) => (
              <span key={id} className="flex min-w-0 items-center gap-2">
                {index === 1 ? <span className="text-12 text-muted">{words("connections.and")}</span> : null}
                <Link to={`/item/${id}` as string} className="truncate" dir="auto">
                  {titleOf(id)}
                </Link>
              </span>
            ))}
          </span>
          <span className="block text-12 text-muted" dir="auto">
            {edge.reason}
          </span>
        </span>
        <IconButton
          icon={TextQuote}
          label={words("connections.passages")}
          pressed={isOpen}
          onPress={onToggle}
        />
        <IconButton
          icon={Crosshair}
          label={words("connections.focusOn", { title: titleOf(edge.source) })}
          onPress={() => onFocus(edge.source)}
        />
      </div>
      {isOpen ? <Passages edge={edge} titleOf={titleOf} /> : null}
    </>
  );
}

/** What both say alike, each leading to its place. */
function Passages({ edge, titleOf }: Pick<ConnectionRowProps, "edge" | "titleOf">) {
  const words = useWords();
  const passages = usePassages(edge.source, edge.target, true);
  if (passages.isPending) return <p className="ps-19 text-13 text-muted">{words("state.loading")}</p>;
  if (passages.isError)
    return (
      <p role="alert" className="ps-19 text-13 text-danger">
        {asProblem(passages.error).message}
      </p>
    );
  if (passages.data.length === 0)
    return <p className="ps-19 text-13 text-muted">{words("connections.passages.none")}</p>;
  return (
    <ul className="mt-2 flex flex-col gap-2 ps-19">
      {passages.data.map((passage) => (
        <li key={passage.item_id} className="border-s-2 border-control ps-3 text-13">
          <q dir="auto">{passage.text}</q>{" "}
          <Link to={placeOf(passage) as string} dir="auto">
            {titleOf(passage.item_id)}
          </Link>
        </li>
      ))}
    </ul>
  );
}
