/** Fetching a saved page again, as its next version. */
import { useMutation } from "@tanstack/react-query";
import { api, unwrapWrite } from "./api";
import { t } from "./i18n";
import { tellProblem, useNotices } from "./undo";

/** Update an item's copy of its page; says what came of it. What was there is kept, and can be had back. */
export async function updateCopy(id: string): Promise<void> {
  try {
    const { data, undoId } = await unwrapWrite(
      api.POST("/api/items/{item_id}/refresh", { params: { path: { item_id: id } } }),
    );
    const said = data.new_version ? "items.copy.updated" : "items.copy.same";
    useNotices.getState().tell(t(said, { title: data.title }), { undoId, itemId: data.id });
  } catch (error) {
    tellProblem(error);
  }
}

/** The same for a button that shows that it is under way. */
export function useUpdateCopy() {
  return useMutation({ mutationFn: updateCopy });
}
