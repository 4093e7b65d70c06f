"""One spatial key for everything that lies somewhere in Korea.

``crs`` turns coordinates of the systems found in Korean public files into each other, ``cells`` gives the
national 100 m cell and its printed number, ``codes`` the legal dongs (법정동) with their validity and
successors, ``districts`` the borders of districts and legal dongs.
"""
