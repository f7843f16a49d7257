import { linkPrograms } from './set-up.mjs';

// after npm run build, which set-up is no part of
linkPrograms();
