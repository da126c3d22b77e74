/** A report on disk: its document lies in the file itself. */
import { readDocument } from '../document/document.ts';
import { showInlined } from './inlined.ts';
import { showDocument } from './show.tsx';

void showInlined((value, root) => showDocument(readDocument(value), root));
