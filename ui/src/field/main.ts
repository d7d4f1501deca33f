/** Entry of the field app. */
import '../shared/tokens/tokens.css';
import '../shared/tokens/base.css';
