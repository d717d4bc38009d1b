package import Figures
