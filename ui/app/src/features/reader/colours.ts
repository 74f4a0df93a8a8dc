export { COLOURS, type Colour } from "@/lib/highlights";
