/** Pages and the library that draws them: their own part of the program, for those who open a PDF. */
export const loadPdfView = () => import("./pdf-view");
